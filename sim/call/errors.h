/* Every AWS error the simulator answers: HTTP status, code and text as one.
 *
 * E_ macros are the last three arguments of fail(); the text is a format that the compiler checks.
 * Texts are AWS's own where a recording or a report shows them; [guess] marks those nobody has seen
 * (they are listed in docs/fidelity.md). Each family of operations has a file of its own,
 * errors_*.h; this one has what all share. */
#ifndef CALL_ERRORS_H
#define CALL_ERRORS_H

/* The code of an E_ macro, for lists: ERROR_CODE(E_DryRun) is "DryRunOperation". */
#define ERROR_CODE(...) ERROR_CODE_OF(__VA_ARGS__)
#define ERROR_CODE_OF(status, code, text) code

#include "call/errors_image.h"
#include "call/errors_instance.h"
#include "call/errors_key.h"
#include "call/errors_network.h"
#include "call/errors_snapshot.h"
#include "call/errors_volume.h"

/* ---- Protocol ---- */
#define E_InvalidAction 400, "InvalidAction", "The action %s is not valid for this web service."
#define E_ActionNotSimulated 400, "UnsupportedOperation", "The operation %s is not simulated"
#define E_MissingAction                                                                            \
    400, "MissingAction", "The request must contain the parameter Action" /* [guess] */
#define E_NoSuchVersion                                                                            \
    400, "NoSuchVersion", "The requested version (%s) of service %s does not exist"
#define E_ServiceNotSimulated 400, "UnsupportedOperation", "The service %s is not simulated"
#define E_MalformedQuery 400, "MalformedQueryString", "%s" /* [guess] */
#define E_InternalError 500, "InternalError", "An internal error has occurred"

/* ---- Ours: who may come in (request/guard.h) ---- */
#define E_ForeignOrigin                                                                            \
    403, "ForeignOrigin", "Pages of other sites cannot call the simulator; --allow-host lets one in"
#define E_ForeignHost                                                                              \
    403, "ForeignHost", "The Host of a call must be a name of this machine; --allow-host adds one"
#define E_MissingHeader                                                                            \
    403, "MissingHeader", "Control calls that change something need a header X-Amisim (any value)"

/* ---- Parameters, all operations ---- */
#define E_UnknownParameter 400, "UnknownParameter", "The parameter %s is not recognized"
#define E_MissingParameter 400, "MissingParameter", "The request must contain the parameter %s"
#define E_NotSimulated 400, "UnsupportedOperation", "The parameter %s is not simulated: %s"
#define E_ValueInvalid 400, "InvalidParameterValue", "Value (%s) for parameter %s is invalid. %s"
#define E_InvalidValue 400, "InvalidParameterValue", "Invalid value '%s' for %s. %s"
#define E_ParameterValue 400, "InvalidParameterValue", "%s"
#define E_ParameterCombination 400, "InvalidParameterCombination", "%s"
#define E_InvalidRequest 400, "InvalidRequest", "The request received was invalid."
#define E_DryRun 412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set."
#define E_InvalidFilter 400, "InvalidParameterValue", "The filter '%s' is invalid"
#define E_FilterEscape                                                                             \
    400, "InvalidParameterValue", "Invalid filter value: The escape sequence '%s' is invalid"
#define E_FilterValues                                                                             \
    400, "FilterLimitExceeded",                                                                    \
        "The maximum number of filter values specified on a single call is 200"
#define E_FilterLength                                                                             \
    400, "FilterLimitExceeded", "The maximum length for a filter value is 255 characters"
#define E_PageTooSmall                                                                             \
    400, "InvalidParameterValue",                                                                  \
        "Invalid value '%lld' for maxResults. Expecting a value greater than %lld."
#define E_PageWithIds                                                                              \
    400, "InvalidParameterCombination", "The parameter %s cannot be used with the parameter %s"
#define E_PageToken 400, "InvalidParameterValue", "Unable to parse pagination token"
#define E_IdempotentMismatch                                                                       \
    400, "IdempotentParameterMismatch",                                                            \
        "Arguments on this idempotent request are inconsistent with arguments used in previous "   \
        "request(s)."

/* The text of an error alone, for a service that says it as an error of its own. */
#define E_TEXT(...) E_TEXT_OF(__VA_ARGS__)
#define E_TEXT_OF(status, code, text) text

/* ---- Tags ---- */
#define E_TagReserved                                                                              \
    400, "InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use"
#define E_TagReservedKey                                                                           \
    400, "InvalidParameterValue",                                                                  \
        "Value ( %s ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved "   \
        "for internal use"
#define E_TagResourceId 400, "InvalidID", "The ID '%s' is not valid"
#define E_TagType                                                                                  \
    400, "InvalidParameterValue", "'%s' is not a valid taggable resource type for this operation."
#define E_TagDuplicate 400, "InvalidParameterValue", "Duplicate tag key '%s' specified."
#define E_TagNoKey 400, "InvalidParameterValue", "Tag key must have a value"
#define E_TagNone 400, "InvalidParameterValue", "Tag specification must have at least one tag"
#define E_TagKeyLength                                                                             \
    400, "InvalidParameterValue",                                                                  \
        "Tag key exceeds the maximum length of 127 characters" /* [guess] */
#define E_TagValueLength                                                                           \
    400, "InvalidParameterValue",                                                                  \
        "Tag value exceeds the maximum length of 256 characters" /* [guess] */
#define E_TagLimit                                                                                 \
    400, "TagLimitExceeded", "The resultant tag set must not have more than 50 user tags."

/* ---- Resource Groups Tagging API; where no source is named the text is a [guess] ---- */
#define E_TaggingArn /* [seen in reports] */                                                       \
    400, "InvalidParameterException", "%s is not a valid AmazonResourceName (ARN)"
#define E_TaggingEc2Type /* [seen in reports] */                                                   \
    400, "InvalidParameterException", "'%s' is not a recognized EC2ResourceType id "
#define E_TaggingNotOwn                                                                            \
    400, "InvalidParameterException", "%s is not a resource of this account in this Region"
#define E_TaggingNotSimulated                                                                      \
    400, "InvalidParameterException", "Tags of the resource type %s:%s are not simulated"
#define E_TaggingRange 400, "InvalidParameterException", "%s must be between %lld and %lld"
#define E_TaggingArnsPaged                                                                         \
    400, "InvalidParameterException", "ResourceARNList cannot be used with pagination parameters"
#define E_TaggingNoKey 400, "InvalidParameterException", "A tag filter must have a Key"
#define E_TaggingToken 400, "InvalidParameterException", "The pagination token %s is not valid"
#define E_TaggingTagCount                                                                          \
    400, "ValidationException",                                                                    \
        "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must "  \
        "have length %s than or equal to %d"
#define E_TaggingKeyLength                                                                         \
    400, "ValidationException",                                                                    \
        "1 validation error detected: Value at 'tags' failed to satisfy constraint: Map keys "     \
        "must satisfy constraint: [Member must have length less than or equal to 128, Member "     \
        "must have length greater than or equal to 1]"
#define E_TaggingValueLength                                                                       \
    400, "ValidationException",                                                                    \
        "1 validation error detected: Value at 'tags' failed to satisfy constraint: Map value "    \
        "must satisfy constraint: [Member must have length less than or equal to 256, Member "     \
        "must have length greater than or equal to 0]"

/* ---- Regions ---- */
#define E_InvalidRegion 400, "InvalidRegion", "%s is not a valid region name."

/* ---- Auto Scaling ---- */
#define E_NoSuchGroupToken 400, "InvalidNextToken", "The token '%s' is invalid." /* [guess] */

/* ---- SSM ---- */
#define E_ImageParameter                                                                           \
    400, "InvalidParameterValue",                                                                  \
        "Unable to resolve the Systems Manager parameter '%s'." /* [guess] */

#endif
