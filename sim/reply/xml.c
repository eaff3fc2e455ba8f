/* The only file that knows libxml2: writes XML text into a buffer that is used again and again. */
#include <libxml/xmlwriter.h>

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "reply/out.h"

struct xml {
    xmlBufferPtr buffer;
    xmlTextWriterPtr writer;
    bool indent;
    bool taken;
};

/* One call is answered at a time; a job inside a request would be the second. */
static struct xml pool[4];

static struct xml *xml_take(void)
{
    for (size_t i = 0; i < sizeof pool / sizeof *pool; i++) {
        if (!pool[i].taken) {
            pool[i].taken = true;
            return &pool[i];
        }
    }
    BUG("too many answers at once");
}

struct xml *xml_begin(bool indent, bool declaration)
{
    struct xml *x = xml_take();
    if (!x->buffer)
        x->buffer = xmlBufferCreateSize(4096);
    if (!x->buffer || !(x->writer = xmlNewTextWriterMemory(x->buffer, 0)))
        BUG("out of memory");
    x->indent = indent;
    if (indent) {
        xmlTextWriterSetIndent(x->writer, 1);
        xmlTextWriterSetIndentString(x->writer, BAD_CAST "  ");
    }
    if (declaration)
        xmlTextWriterWriteRaw(x->writer, BAD_CAST "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    return x;
}

void xml_open(struct xml *x, const char *name)
{
    xmlTextWriterStartElement(x->writer, BAD_CAST name);
}

void xml_namespace(struct xml *x, const char *uri)
{
    xmlTextWriterWriteAttribute(x->writer, BAD_CAST "xmlns", BAD_CAST uri);
}

void xml_close(struct xml *x)
{
    xmlTextWriterEndElement(x->writer);
}

void xml_text(struct xml *x, const char *name, const char *text)
{
    xmlTextWriterStartElement(x->writer, BAD_CAST name);
    if (*text)
        xmlTextWriterWriteString(x->writer, BAD_CAST text);
    xmlTextWriterEndElement(x->writer);
}

const char *xml_finish(struct xml *x, size_t *ret_size)
{
    /* not xmlTextWriterEndDocument: it would add a newline that EC2 does not send [recorded] */
    xmlTextWriterFlush(x->writer);
    *ret_size = (size_t)xmlBufferLength(x->buffer);
    return (const char *)xmlBufferContent(x->buffer);
}

void xml_end(struct xml *x)
{
    xmlFreeTextWriter(x->writer);
    x->writer = NULL;
    /* one huge Describe must not keep its memory for ever */
    if (xmlBufferLength(x->buffer) > 1024 * 1024) {
        xmlBufferFree(x->buffer);
        x->buffer = NULL;
    } else {
        xmlBufferEmpty(x->buffer);
    }
    x->taken = false;
}
