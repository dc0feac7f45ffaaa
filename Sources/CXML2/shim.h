/* Where libxml2 was built with ICU, its header of encodings includes ICU's, whose types differ from
   those of the ICU in Swift's Foundation; a module that sees both does not compile. Only pointers to
   the structures with such members are used here. */
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlreader.h>
