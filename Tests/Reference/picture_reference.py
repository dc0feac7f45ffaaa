"""What Pillow, torchvision and Hugging Face make of a picture: the reference for module Media.

Needs pillow and numpy; for the tensors also torch, torchvision and transformers.
"""

import hashlib
import io
import pathlib
import sys

import numpy
from PIL import Image, ImageOps

# torchvision has a folder of its own; see requirements-pictures.txt.
sys.path.append(str(pathlib.Path(__file__).parents[2] / ".venv/pictures"))

# The files here are trusted.
Image.MAX_IMAGE_PIXELS = None


def digest(data):
    return hashlib.sha256(data).hexdigest()


def upright_rgb(data):
    """The picture as Media decodes it. Raises what Pillow raises."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return ImageOps.exif_transpose(image).convert("RGB")


def noise(width, height, seed):
    """Pixels that Swift can compute as well; odd seeds give black and white."""
    index = numpy.arange(width * height * 3, dtype=numpy.uint32)
    with numpy.errstate(over="ignore"):
        value = index * numpy.uint32(2654435761) + numpy.uint32(seed) * numpy.uint32(40503)
        value ^= value >> numpy.uint32(15)
        value *= numpy.uint32(2246822519)
        value ^= value >> numpy.uint32(13)
    sample = (value >> numpy.uint32(24)).astype(numpy.uint8)
    if seed % 2 == 1:
        sample = numpy.where(sample >= 128, 255, 0).astype(numpy.uint8)
    return Image.fromarray(sample.reshape(height, width, 3), "RGB")


class CLIPReference:
    """Crops and tensors of OpenAI's and of Hugging Face's preprocessing."""

    def __init__(self):
        import torch

        # torchvision registers kernels for its compiled operators as it is imported. They are absent
        # where its build does not match torch's, and nothing here needs them.
        torch.library.register_fake = lambda *_, **__: (lambda function: function)
        from torchvision.transforms import (
            CenterCrop, Compose, InterpolationMode, Normalize, Resize, ToTensor)
        from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

        self.torchvision_crop = Compose(
            [Resize(224, interpolation=InterpolationMode.BICUBIC), CenterCrop(224)])
        self.torchvision_tensor = Compose([
            ToTensor(),
            Normalize((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))])
        self.processor = CLIPImageProcessorPil()

    def digests(self, image):
        """SHA-256 of the openAI crop, the openAI tensor, the huggingFace crop and its tensor."""
        crop = self.torchvision_crop(image)
        tensor = self.torchvision_tensor(crop)
        hf_crop = self.processor(
            images=image, do_rescale=False, do_normalize=False, return_tensors="np")
        hf_tensor = self.processor(images=image, return_tensors="np")
        hf_pixels = hf_crop["pixel_values"][0].transpose(1, 2, 0).astype(numpy.uint8)
        return [
            digest(crop.tobytes()),
            digest(tensor.numpy().astype("<f4").tobytes()),
            digest(hf_pixels.tobytes()),
            digest(hf_tensor["pixel_values"][0].astype("<f4").tobytes()),
        ]
