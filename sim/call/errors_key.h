/* Errors of KMS, SSM and STS; a part of call/errors.h, which says how to read it. */
#ifndef CALL_ERRORS_KEY_H
#define CALL_ERRORS_KEY_H

/* ---- KMS ---- */
#define E_KmsInvalidKeyId 400, "NotFoundException", "Invalid keyId '%s'"
#define E_KmsNoKey 400, "NotFoundException", "Key '%s' does not exist"
#define E_KmsNoAlias 400, "NotFoundException", "Alias %s is not found."
#define E_KmsOtherRegion 400, "NotFoundException", "Invalid arn %s" /* [guess] */
#define E_KmsInvalidArn 400, "InvalidArnException", "%s" /* [guess] */
#define E_KmsAliasRefused                                                                          \
    400, "InvalidArnException", "Key Aliases are not supported for this operation."
#define E_KmsDenied                                                                                \
    400, "AccessDeniedException",                                                                  \
        "User: %s is not authorized to perform: %s on resource: %s because no resource-based "     \
        "policy allows the %s action"
#define E_KmsDeniedElsewhere                                                                       \
    400, "AccessDeniedException",                                                                  \
        "User: %s is not authorized to perform: %s on this resource because the resource does "    \
        "not exist in this Region, no resource-based policies allow access, or a resource-based "  \
        "policy explicitly denies access"
#define E_KmsDisabled 400, "DisabledException", "%s is disabled."
#define E_KmsState 400, "KMSInvalidStateException", "%s is %s."
#define E_KmsMarker 400, "InvalidMarkerException", "%s", ""
#define E_KmsTag 400, "TagException", "%s" /* [guess] */
#define E_KmsTagLimit 400, "LimitExceededException", "%s" /* [guess] */
#define E_JsonNotSimulated 400, "UnsupportedOperationException", "%s" /* KMS and SSM */
#define E_KmsTwoSpecs                                                                              \
    400, "ValidationException",                                                                    \
        "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. "               \
        "CustomerMasterKeySpec is deprecated." /* [guess] */
#define E_KmsNoUsage /* [guess] */                                                                 \
    400, "ValidationException",                                                                    \
        "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
#define E_KmsUsage                                                                                 \
    400, "ValidationException", "KeyUsage %s is not compatible with KeySpec %s" /* [guess] */
#define E_KmsAliasExists 400, "AlreadyExistsException", "An alias with the name %s already exists"
#define E_KmsAliasPrefix 400, "ValidationException", "Invalid identifier"
#define E_KmsAliasReserved 400, "NotAuthorizedException", "%s", "" /* [guess] */
#define E_KmsAliasMismatch                                                                         \
    400, "ValidationException",                                                                    \
        "Alias cannot be changed from one type of key to another." /* [guess] */
#define E_KmsPolicyMalformed 400, "MalformedPolicyDocumentException", "%s"
#define E_KmsNoPolicy 400, "NotFoundException", "No such policy exists"
#define E_KmsPrincipalText 400, "InvalidArnException", "Input does not refer to a valid principal"
#define E_KmsPrincipalArn 400, "InvalidArnException", "ARN is not valid: %s"
#define E_KmsNoGrantee                                                                             \
    400, "ValidationException",                                                                    \
        "1 validation error detected: Value null at 'granteePrincipal' failed to satisfy "         \
        "constraint: Member must not be null"
#define E_KmsNoGrant 400, "NotFoundException", "Grant ID %s not found" /* [guess] */
#define E_KmsDryRun                                                                                \
    400, "DryRunOperationException",                                                               \
        "The request would have succeeded, but the DryRun option is set."

/* ---- SSM ---- */
#define E_SsmNotFound 400, "ParameterNotFound", "%s", ""
#define E_SsmNoVersion                                                                             \
    400, "ParameterVersionNotFound",                                                               \
        "Systems Manager could not find version %s of %s. Verify the version and try again."
#define E_SsmNoLabel                                                                               \
    400, "ParameterVersionNotFound",                                                               \
        "Systems Manager could not find a version of %s that has the specified label, %s. Verify " \
        "the parameter label and try again."
#define E_SsmSelector                                                                              \
    400, "ValidationException",                                                                    \
        "Invalid parameter name. Please use correct syntax for referencing a version/label  "      \
        "<name>:<version/label>"
#define E_SsmName                                                                                  \
    400, "ValidationException",                                                                    \
        "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, " \
        "it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a "   \
        "mix of letters, numbers and the following 3 symbols .-_" /* [guess] */
#define E_SsmQualified                                                                             \
    400, "ValidationException", "Parameter name must be a fully qualified name." /* [guess] */
#define E_SsmReserved                                                                              \
    400, "AccessDeniedException", "No access to reserved parameter name: %s." /* [guess] */
#define E_SsmLevels                                                                                \
    400, "HierarchyLevelLimitExceededException",                                                   \
        "A hierarchy can have a maximum of 15 levels." /* [guess] */
#define E_SsmExists                                                                                \
    400, "ParameterAlreadyExists",                                                                 \
        "The parameter already exists. To overwrite this value, set the overwrite option in the "  \
        "request to true."
#define E_SsmNoType                                                                                \
    400, "ValidationException",                                                                    \
        "A parameter type is required when you create a parameter." /* [guess] */
#define E_SsmDataType                                                                              \
    400, "ValidationException",                                                                    \
        "The following data type is not supported: %s. (Data type names are all lowercase.)"
#define E_SsmPattern                                                                               \
    400, "InvalidAllowedPatternException", "The syntax of the allowedPattern parameter is invalid."
#define E_SsmPatternCostly                                                                         \
    400, "InvalidAllowedPatternException",                                                         \
        "The allowedPattern parameter takes too many steps on this value: %s" /* [guess] */
#define E_SsmMismatch                                                                              \
    400, "ParameterPatternMismatchException",                                                      \
        "Parameter value, cannot be validated against allowedPattern: %s"
#define E_SsmNested                                                                                \
    400, "ValidationException",                                                                    \
        "Parameter value: '%s' failed to satisfy constraint: Parameter value can't nest another "  \
        "parameter. Do not use \"{{}}\" in the value."
#define E_SsmTagsOverwrite                                                                         \
    400, "ValidationException",                                                                    \
        "Invalid request: tags and overwrite can't be used together. To create a parameter with "  \
        "tags, please remove overwrite flag. To update tags for an existing parameter, please "    \
        "use AddTagsToResource or RemoveTagsFromResource."
#define E_SsmTooLong                                                                               \
    400, "ValidationException",                                                                    \
        "Standard tier parameters support a maximum parameter value of 4096 characters. To "       \
        "create a larger parameter value, upgrade the parameter to use the advanced-parameter "    \
        "tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/"      \
        "userguide/parameter-store-advanced-parameters.html"
#define E_SsmMuchTooLong /* [guess] */                                                             \
    400, "ValidationException",                                                                    \
        "Advanced tier parameters support a maximum parameter value of 8192 characters."
#define E_SsmDowngrade                                                                             \
    400, "ValidationException",                                                                    \
        "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from "   \
        "the advanced-parameter tier to the standard-parameter tier. If necessary, you can "       \
        "delete the advanced parameter and recreate it as a standard parameter." /* [guess] */
#define E_SsmKeyType                                                                               \
    400, "ValidationException",                                                                    \
        "KeyId is required for SecureString type parameter only." /* [guess] */
#define E_SsmKey 400, "InvalidKeyId", "%s" /* [guess] */
#define E_SsmPath                                                                                  \
    400, "ValidationException",                                                                    \
        "The parameter doesn't meet the parameter name requirements. The parameter name must "     \
        "begin with a forward slash \"/\"." /* [guess] */
#define E_SsmFilterKey                                                                             \
    400, "InvalidFilterKey",                                                                       \
        "The following filter key is not valid: %s. Valid filter keys include: [%s]."
#define E_SsmFilterOption                                                                          \
    400, "InvalidFilterOption",                                                                    \
        "The following filter option is not valid: %s. Valid options include: [%s]."
#define E_SsmFilterValue                                                                           \
    400, "InvalidFilterValue", "The following filter values are missing : null for filter key %s."
#define E_SsmTwoFilters                                                                            \
    400, "ValidationException",                                                                    \
        "You can use either Filters or ParameterFilters in a single request." /* [guess] */
#define E_SsmToken 400, "InvalidNextToken", "The specified token is not valid." /* [guess] */

#define E_SsmResource 400, "InvalidResourceId", "%s", "" /* no message [recorded] */
#define E_SsmTooManyTags /* [guess] */ 400, "TooManyTagsError", "A parameter has at most 50 tags."

/* Run Command */
#define E_SsmInstances                                                                             \
    400, "InvalidInstanceId", "Instances [[%s]] not in a valid state for account %s" /* [seen] */
#define E_SsmDuplicate                                                                             \
    400, "DuplicateInstanceId", "The instance ID %s is given more than once." /* [guess] */
#define E_SsmNoDocument                                                                            \
    400, "InvalidDocument", "Document with name %s does not exist." /* [guess] */
#define E_SsmOtherDocument                                                                         \
    400, "InvalidDocument", "Document %s is not simulated: only AWS-RunShellScript is."
#define E_SsmDocumentVersion                                                                       \
    400, "InvalidDocumentVersion", "Document %s has no version %s." /* [guess] */
#define E_SsmParameters 400, "InvalidParameters", "%s" /* [guess] */
#define E_SsmPlatform /* [guess] */                                                                \
    400, "UnsupportedPlatformType", "The document %s does not support the platform of %s."
#define E_SsmTargets                                                                               \
    400, "ValidationException",                                                                    \
        "Exactly one of InstanceIds and Targets must be given." /* [guess] */
#define E_SsmNoInvocation 400, "InvocationDoesNotExist", "Invocation not found for %s, %s"
#define E_SsmPlugin 400, "InvalidPluginName", "The plugin name %s is not valid." /* [guess] */
#define E_SsmFilterTime                                                                            \
    400, "ValidationException", "%s is no date and time in ISO 8601." /* [guess] */
#define E_SsmInformationKey 400, "InvalidFilterKey", "%s filter Key is invalid."
#define E_SsmInformationForms                                                                      \
    400, "ValidationException", "Cannot use both legacy and new filter simultaneously."
#define E_SsmInformationTags                                                                       \
    400, "ValidationException", "Cannot mix tag or inventory filter with any other filter."

/* ---- STS ---- */
#define E_StsRoleArn 400, "ValidationError", "%s is invalid" /* [guess] */
#define E_StsChained                                                                               \
    400, "ValidationError",                                                                        \
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "     \
        "role chaining" /* [guess] */
#define E_StsSession                                                                               \
    403, "AccessDenied", "Cannot call GetSessionToken with session credentials" /* [guess] */

#endif
