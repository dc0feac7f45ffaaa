#!/usr/bin/env python3
"""Makes the DOCX and PDF files of Sources/SwiftRAG/SampleLibrary; standard library only.

The other documents of the library are written by hand. All of it is original text under the
project's licence.
"""

import pathlib

from tiny_documents import PDF, docx_body, docx_parts, write_zip

LIBRARY = pathlib.Path(__file__).resolve().parents[2] / "Sources/SwiftRAG/SampleLibrary"

LEASE = [
    ("title", "Lease of a workshop"),
    ("p", "Between Brightwater Housing Cooperative, the landlord, and Ms. Imke Sandoval, the tenant, "
          "this lease is made for the workshop on the ground floor of Ferry Lane 12, of 38 square "
          "metres, with the yard door and one cellar room."),
    ("h1", "1. Term"),
    ("p", "The lease begins on 1 March and runs for three years. It is prolonged by one year at a "
          "time unless one of the parties gives notice in writing six months before its end."),
    ("p", "The tenant may end the lease early, with three months' notice, if she gives up her trade "
          "for reasons of health. A doctor's letter has to be shown."),
    ("h1", "2. Rent and charges"),
    ("p", "The rent is 540.00 a month. For water, refuse and the lighting of the yard the tenant "
          "pays 65.00 a month in advance, which is settled every April by the real cost. Electricity "
          "and heating are the tenant's own contract."),
    ("p", "Rent and charges are due on the third working day of the month. If the tenant is more "
          "than ten days late, the landlord may ask for 12.00 for the reminder. If two months' rent "
          "are unpaid, the landlord may end the lease at once."),
    ("p", "The rent stays unchanged for the first two years. After that it follows the official "
          "consumer price index once a year, but rises by no more than 3 per cent."),
    ("h1", "3. Deposit"),
    ("p", "The tenant pays a deposit of 1,620.00, three months' rent, before she receives the keys. "
          "The landlord keeps it in a savings account of its own and returns it with the interest "
          "within eight weeks after the end of the lease."),
    ("h1", "4. Use"),
    ("p", "The workshop may be used for the repair and making of string instruments. Machines that "
          "can be heard in the flats above run only from 8:00 to 12:30 and from 14:00 to 18:00 on "
          "working days. Spirit varnish is stored in the steel cabinet, at most 20 litres of it."),
    ("li", "Subletting needs the landlord's written consent. Another instrument maker who shares the "
           "room for less than two months a year is no subtenant."),
    ("li", "A sign of up to 80 by 40 centimetres may be fixed beside the yard door."),
    ("li", "One bicycle trailer may stand in the yard; cars may stand there for loading only, for "
           "half an hour."),
    ("li", "Animals are allowed if they do not disturb the neighbours."),
    ("h1", "5. Repairs"),
    ("p", "Small repairs up to 110.00 in the single case are paid by the tenant, but no more than "
          "400.00 in a year. The landlord keeps roof, walls, windows and pipes in order. Damage "
          "has to be reported within a week after it was noticed."),
    ("p", "The walls are painted white when the lease begins. The tenant need not paint them when "
          "she leaves if she has used the rooms for more than five years."),
    ("h1", "6. Keys and access"),
    ("p", "The tenant receives four keys. A lost key is reported within two days, and the tenant pays "
          "for a new lock if the key could be matched to the house. The landlord may enter with 48 "
          "hours' notice, and without notice if there is water or fire."),
    ("h1", "7. End of the lease"),
    ("p", "The workshop is handed back swept, with all keys, by noon of the last day. The workbench "
          "along the north wall belongs to the landlord and stays. Shelves and lamps which the tenant "
          "has fixed may stay if the next tenant takes them over."),
]

TRAVEL_HEAD = [
    ("title", "Travel policy"),
    ("p", "Fennimore Instruments, 64 employees. Valid from 1 January. Questions go to Odile in "
          "accounting, extension 31. What is not settled here is decided by the head of department "
          "before the journey, not after it."),
    ("h1", "Approval"),
    ("p", "Journeys within the country that cost less than 400 euros need no approval; a line in the "
          "shared calendar is enough. All others are approved by the head of department at least "
          "five working days ahead. Journeys outside Europe are also approved by the managing "
          "director."),
    ("h1", "Means of travel"),
    ("h2", "Railway"),
    ("p", "The railway comes first. Second class is the rule; first class is paid if the journey takes "
          "more than three hours in one direction. The company pays for a half-fare card for everyone "
          "who travels more than six times a year."),
    ("h2", "Aeroplane"),
    ("p", "Flights are allowed if the journey by rail would take more than seven hours. We fly economy "
          "class; on flights of more than nine hours premium economy may be booked. Every flight is "
          "charged with 30 euros a tonne of carbon dioxide to the department, and the money goes into "
          "the insulation of our roof."),
    ("h2", "Car"),
    ("p", "For a private car 0.32 euros a kilometre are paid, and 0.05 more for each colleague who "
          "rides along. A hire car is chosen from the compact class. Fines are paid by the driver."),
]

TRAVEL_TAIL = [
    ("h1", "Hotels"),
    ("p", "These are the highest prices for a night, breakfast included. Whoever stays with friends "
          "receives 20 euros a night for a present."),
    ("table", [
        ["Place", "Limit for a night"],
        ["Most towns", "110 euros"],
        ["Capital cities", "150 euros"],
        ["London, Zurich, New York", "210 euros"],
    ]),
    ("h1", "Meals"),
    ("p", "The daily allowance is 28 euros for a whole day away and 14 euros for days of departure and "
          "return of more than eight hours. For a breakfast that comes with the hotel, 5.60 euros are "
          "taken off. Receipts for meals are not needed."),
    ("p", "When guests are invited, the bill is paid up to 45 euros a person. The names of the guests "
          "and the reason are written on the receipt. Alcohol is paid with a meal, not without one."),
    ("h1", "Settlement"),
    ("p", "Expenses are handed in within 30 days after the end of the journey, with the green form and "
          "all receipts as pictures. They are paid with the next salary if they arrive by the 12th of "
          "the month. After 90 days nothing is paid any more."),
    ("p", "For foreign money the rate of the card statement counts. Without one, accounting takes the "
          "central bank's rate of the day of return."),
    ("h1", "Time and safety"),
    ("p", "Time on the train in which you work counts as working time; other travelling time counts "
          "half. Nobody drives more than 450 kilometres in one day or after 22:00. Whoever returns "
          "after midnight begins at noon on the next day."),
    ("p", "On journeys outside Europe the insurance card has to be carried. The emergency line of the "
          "insurer answers day and night; the number is printed on its back. Laptops travel in hand "
          "luggage and never stay in a car."),
]

MINUTES = [
    ("title", "Minutes of the general meeting of the Alder Brook allotment association"),
    ("p", "Held on Saturday 14 March in the clubhouse, from 15:05 to 17:40. Present: 41 of 73 members. "
          "In the chair: Yusuf Arkwright. Minutes: Pernilla Dow. The quorum of 25 members was reached."),
    ("h1", "1. Report of the board"),
    ("p", "Four plots changed hands last year, and the waiting list now has 58 names. The average wait "
          "is three and a half years. The board asks members to give notice by the end of September, so "
          "that new tenants can still dig in the autumn."),
    ("p", "The break-ins of October were reported to the police. Since the new lock at the river gate "
          "was fitted there have been none. Two wheelbarrows are still missing."),
    ("h1", "2. Accounts"),
    ("p", "The treasurer, Bogdan Leitner, reported receipts of 14,210 and expenses of 12,985. The "
          "largest expense was the repair of pump house number 2, for 4,300. The reserves stand at "
          "9,640. The auditors found the books in order. The board was discharged with two abstentions."),
    ("h1", "3. Water"),
    ("p", "From this year water is charged by meter, at 2.90 a cubic metre, instead of the flat 45 a "
          "plot. Each member fits a meter by 30 June; the association buys them together for 23 "
          "each. The motion was carried by 29 votes to 9 with 3 abstentions."),
    ("p", "The water is turned on in the first week of April and off on 31 October. Sprinklers are "
          "not allowed between 11:00 and 18:00."),
    ("h1", "4. Fees and work hours"),
    ("p", "The membership fee rises from 60 to 68 a year. Every plot owes eight hours of common work; "
          "an hour that is not worked costs 15. Members over 70 are exempt. Work days are 18 April, "
          "13 June and 10 October, each at 9:00 at the tool shed."),
    ("h1", "5. Bees on plot 17"),
    ("p", "Ms. Okafor asked to keep two hives on plot 17. After discussion about the nearby path the "
          "meeting agreed, with 33 votes to 5, under these conditions:"),
    ("li", "The hives face the brook, with a hedge at least 1.80 metres high behind them."),
    ("li", "No more than two colonies, and a water trough beside them."),
    ("li", "The permission ends after two years unless the meeting renews it."),
    ("h1", "6. Elections"),
    ("p", "Yusuf Arkwright was elected chair again, for two years. Bogdan Leitner no longer stood; the new "
          "treasurer is Salome Quist, elected by 38 votes. Dieter Munro stays keeper of the tools."),
    ("h1", "7. Other business"),
    ("p", "The summer party is on 11 July; Mr. Ferreira brings the big grill. Mrs. Tan showed pictures "
          "of box tree moths and asks everybody to look under the leaves from mid-April. Bonfires "
          "remain forbidden all year; cuttings go to the chipper, which comes on 24 October."),
    ("p", "The next general meeting is on 13 March of next year. Motions are to reach the board in "
          "writing four weeks before."),
]

TELESCOPE = [
    [
        ("h1", "Corvina 150 reflecting telescope"),
        ("h2", "Instruction manual"),
        ("p", "The Corvina 150 is a Newtonian reflector on an alt-azimuth mount. It is made for the "
              "beginner who wants to see the craters of the Moon, the rings of Saturn and the brighter "
              "nebulae without a computer. Keep this manual with the instrument."),
        ("h2", "Safety"),
        ("p", "Never point the telescope or its finder at the Sun without the full-aperture solar filter "
              "on the front. One moment is enough to destroy an eye. Do not leave the telescope "
              "unattended in daylight: the mirror can set fire to things."),
        ("h2", "Technical data"),
        ("li", "Main mirror: 150 mm diameter, parabolic"),
        ("li", "Focal length: 750 mm"),
        ("li", "Focal ratio: f/5"),
        ("li", "Tube length: 690 mm"),
        ("li", "Weight with mount: 9.8 kg"),
        ("li", "Focuser: 1.25 inch, rack and pinion"),
        ("p", "Supplied with the telescope: two eyepieces of 25 mm and 10 mm, a red-dot finder with a "
              "CR2032 button cell, a dust cap with a small opening for the Moon, and a collimation cap."),
    ],
    [
        ("h2", "Assembly"),
        ("p", "Assembly takes about fifteen minutes and needs no tool but the hex key in the box. Choose "
              "a table or a wall that bears 25 kg and does not shake."),
        ("li", "Place the base on the table and screw the fork arm to it with the three long screws."),
        ("li", "Slide the dovetail bar of the tube into the clamp until the white mark is level with the "
               "clamp, then tighten the knob by hand. The mark is the balance point with the 25 mm "
               "eyepiece."),
        ("li", "Slide the finder into its shoe on the left of the focuser."),
        ("li", "Put the 25 mm eyepiece into the focuser and tighten both small screws."),
        ("p", "If the tube sinks when you let go, move it backwards in the clamp by a centimetre. If it "
              "rises, move it forwards. Do not cure a sinking tube by overtightening the clutch."),
        ("h2", "Aligning the finder"),
        ("p", "Do this by day. Aim the telescope at a chimney at least 500 metres away and centre it in "
              "the 25 mm eyepiece. Switch the red dot on and turn the two screws of the finder until the "
              "dot lies on the chimney. Check at night on the pole star, which does not move."),
        ("p", "Turn the red dot off after use. Left on, the battery is empty after 60 hours."),
    ],
    [
        ("h2", "Observing"),
        ("p", "Take the telescope outside 40 minutes before you begin. The mirror has to cool down to the "
              "air, or the image boils. Give your eyes twenty minutes in the dark and use only a red lamp."),
        ("p", "Start every object with the 25 mm eyepiece. It magnifies 30 times and shows a field of "
              "1.7 degrees, more than three full Moons. Change to the 10 mm eyepiece, 75 times, when the "
              "object is in the middle. The highest useful magnification is 300 times, and in most "
              "nights the air allows no more than 180."),
        ("p", "Objects drift out of the field as the Earth turns. At 75 times a star crosses the whole field "
              "in about two minutes. Nudge the tube at its front end, gently, with two fingers."),
        ("h2", "Three first targets"),
        ("li", "The Moon, best five to nine days after new moon, when the shadows are long."),
        ("li", "Jupiter: the two dark belts and four moons are visible even at 30 times."),
        ("li", "The double cluster in Perseus, an autumn object that fits into one field of the 25 mm "
               "eyepiece."),
    ],
    [
        ("h2", "Collimation"),
        ("p", "The mirrors have to stand exactly in line. Check before each evening after the telescope "
              "was carried in a car. Defocus a bright star: the dark spot has to lie in the centre of the "
              "bright rings."),
        ("p", "If it does not, put the collimation cap into the focuser. First turn the three small screws "
              "of the secondary mirror until the whole main mirror is seen round. Then loosen the three "
              "locking screws at the rear by one turn, and move the spring screws until the reflected dot "
              "lies in the ring. Tighten the locking screws lightly. A turn of a quarter is much."),
        ("h2", "Cleaning"),
        ("p", "Dust on the mirror does little harm; wiping does a lot. Clean the main mirror every two or "
              "three years at most. Blow the dust away first. Then float the mirror in lukewarm distilled "
              "water with one drop of dish soap, rinse it and let it dry on its edge. Never rub with a "
              "cloth. Lenses of eyepieces are wiped with a lens tissue and pure alcohol."),
        ("h2", "Storage"),
        ("p", "Dew is normal. Let the telescope dry indoors with the caps off before you close it. Store it "
              "with the tube pointing down, between 5 and 35 degrees."),
    ],
    [
        ("h2", "Faults and remedies"),
        ("p", "Nothing can be seen in the eyepiece: take off the large dust cap, not only the small one. The "
              "image cannot be focused on near objects: the nearest distance is 9 metres. Images look "
              "double: the mirror has not cooled, or you are looking through a window pane. The red "
              "dot is faint: replace the button cell."),
        ("p", "The image is upside down. This is no fault: a Newtonian turns the image by 180 degrees, and "
              "there is no up in the sky. For use on land it is not suitable."),
        ("h2", "Accessories"),
        ("p", "Order numbers: solar filter CV-77, Barlow lens 2x CV-81, moon filter CV-64, carrying bag "
              "CV-90. The Barlow lens doubles the magnification of each eyepiece. Cameras are too heavy "
              "for the focuser; the holder for telephones, CV-85, carries up to 250 g."),
        ("h2", "Guarantee and service"),
        ("p", "The guarantee runs for five years from the date of the receipt and covers faults of material "
              "and workmanship. It does not cover mirrors that were wiped, or telescopes that fell. Send "
              "the instrument in its own box; the repair of a fork arm takes about three weeks. Spare "
              "parts are kept for twelve years after the last instrument was made."),
    ],
]


def telescope():
    pdf = PDF()
    for number, blocks in enumerate(TELESCOPE, 1):
        pdf.page(blocks, footer=f"Corvina 150 instruction manual, page {number} of {len(TELESCOPE)}")
    return pdf.data()


def main():
    write_zip(
        LIBRARY / "workshop-lease.docx", docx_parts(docx_body(LEASE), title="Lease of a workshop")
    )
    write_zip(
        LIBRARY / "travel-policy.docx",
        docx_parts(docx_body(TRAVEL_HEAD + TRAVEL_TAIL), title="Travel policy"),
    )
    write_zip(
        LIBRARY / "allotment-minutes.docx",
        docx_parts(docx_body(MINUTES), title="Minutes of the Alder Brook allotment association"),
    )
    (LIBRARY / "telescope-manual.pdf").write_bytes(telescope())


if __name__ == "__main__":
    main()
