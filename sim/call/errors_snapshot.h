/* Errors about snapshots, the Recycle Bin and EBS direct; a part of call/errors.h, which says how
 * to read it. */
#ifndef CALL_ERRORS_SNAPSHOT_H
#define CALL_ERRORS_SNAPSHOT_H

/* ---- EBS direct: fail_with_reason(), the Reason first ---- */
#define E_EbsNoSnapshot                                                                            \
    "SNAPSHOT_NOT_FOUND", 404, "ResourceNotFoundException", "The snapshot '%s' does not exist."
#define E_EbsParameter "INVALID_PARAMETER_VALUE", 400, "ValidationException", "%s"
#define E_EbsSnapshot "INVALID_SNAPSHOT_ID", 400, "ValidationException", "%s"
#define E_EbsParentIncomplete                                                                      \
    "INVALID_SNAPSHOT_ID", 400, "ValidationException", "Source snapshot (%s) is not complete."
#define E_EbsKey "INVALID_CUSTOMER_KEY", 400, "ValidationException", "%s" /* [guess] */
#define E_EbsKeyNotFound                                                                           \
    "DEPENDENCY_RESOURCE_NOT_FOUND", 404, "ResourceNotFoundException", "KMS key not found"
#define E_EbsKeyAction                                                                             \
    "INVALID_DEPENDENCY_REQUEST", 400, "ValidationException",                                      \
        "User: %s is not authorized to perform: %s on resource: %s" /* [guess]: names the action   \
                                                                     */
#define E_EbsKeyDisabled                                                                           \
    "INVALID_DEPENDENCY_REQUEST", 400, "ValidationException",                                      \
        "DisabledException: %s is disabled." /* [guess]: wraps KMS's exception */
#define E_EbsVolumeSize "INVALID_VOLUME_SIZE", 400, "ValidationException", "%s" /* [guess] */
#define E_EbsTag "INVALID_TAG", 400, "ValidationException", "%s"
#define E_EbsBlockLength                                                                           \
    "INVALID_BLOCK", 400, "ValidationException",                                                   \
        "Block data length %lld is not valid, expected 524288"
#define E_EbsBlockBeyond                                                                           \
    "INVALID_BLOCK", 400, "ValidationException", "Block index %lld is beyond the volume size extent"
#define E_EbsAlgorithm                                                                             \
    "INVALID_PARAMETER_VALUE", 400, "ValidationException",                                         \
        "Unsupported Checksum Algorithm '%s', supported algorithms are SHA256"
#define E_EbsChecksum                                                                              \
    403, "InvalidSignatureException",                                                              \
        "The value passed in as x-amz-Checksum does not match the computed checksum. "             \
        "Computed checksum: %s expected checksum: %s"
#define E_EbsBlockToken                                                                            \
    "INVALID_BLOCK_TOKEN", 400, "ValidationException", "The block token %s is invalid."
#define E_EbsPageToken                                                                             \
    "INVALID_PAGE_TOKEN", 400, "ValidationException", "The pagination token %s is invalid."
#define E_EbsUnrelated                                                                             \
    "UNRELATED_SNAPSHOTS", 400, "ValidationException",                                             \
        "The snapshots '%s' and '%s' are not of one lineage" /* [guess] */
#define E_EbsConflict                                                                              \
    409, "ConflictException", "Current request does not match request stored with this token."
#define E_EbsPendingLimit                                                                          \
    400, "ConcurrentLimitExceededException",                                                       \
        "The number of pending snapshots has reached the limit of 100" /* [guess] */

/* ---- Snapshots ---- */
#define E_SnapshotNotFound 400, "InvalidSnapshot.NotFound", "The snapshot '%s' does not exist."
#define E_SnapshotInUse 400, "InvalidSnapshot.InUse", "The snapshot %s is currently in use by %s"
#define E_SnapshotFastRestore                                                                      \
    400, "InvalidSnapshot.InUse",                                                                  \
        "The snapshot %s is currently enabled for fast restores in %s. Fast snapshot restores "    \
        "must be disabled within all Availability Zones before the snapshot may be deleted."
#define E_FastRestoreMany                                                                          \
    400, "InvalidRequest",                                                                         \
        "Number of values of parameter SourceSnapshotIds must be less than or equal to %d."
#define E_SnapshotIdExpected                                                                       \
    400, "InvalidParameterValue",                                                                  \
        "Value (%s) for parameter snapshotId is invalid. Expected: 'snap-...'."
#define E_SnapshotIdMalformed 400, "InvalidSnapshotID.Malformed", "Invalid id: \"%s\""
#define E_SnapshotIdValue                                                                          \
    400, "InvalidSnapshotID.Malformed", "Value ( %s ) for parameter SNAPSHOT is invalid. "
#define E_SnapshotIdQuoted 400, "InvalidSnapshotID.Malformed", "The snapshot ID '%s' is malformed"
#define E_SnapshotPermissionUser 400, "InvalidAMIAttributeItemValue", "UserId %s"
#define E_SnapshotPermissionGroup 400, "InvalidAMIAttributeItemValue", "UserGroup %s"
#define E_NotPermitted 400, "OperationNotPermitted", "%s"
#define E_SnapshotVolumeState                                                                      \
    400, "IncorrectState", "Volume '%s' is not in the 'available' or 'in-use' state."
#define E_SnapshotsInProgress                                                                      \
    400, "ConcurrentSnapshotLimitExceeded",                                                        \
        "Maximum allowed in-progress snapshots for a single volume exceeded."
#define E_SnapshotRate                                                                             \
    400, "SnapshotCreationPerVolumeRateExceeded",                                                  \
        "The maximum per volume CreateSnapshot request rate has been exceeded. Use an increasing " \
        "or variable sleep interval between requests."
#define E_SnapshotLimit                                                                            \
    400, "SnapshotLimitExceeded", "Maximum allowed active snapshot limit exceeded."
#define E_SnapshotCopiesInProgress                                                                 \
    400, "ResourceLimitExceeded",                                                                  \
        "Too many snapshot copies in progress. The limit is %lld for this destination region."
#define E_SnapshotDestination                                                                      \
    400, "InvalidParameterValue", "DestinationRegion '%s' does not match the current region (%s)"
#define E_SnapshotUrlSource                                                                        \
    400, "InvalidParameterValue",                                                                  \
        "The source snapshot specified in PresignedUrl '%s' does not match the source snapshot "   \
        "in "                                                                                      \
        "the request: '%s'"
#define E_SnapshotUrlDestination                                                                   \
    400, "InvalidParameterValue",                                                                  \
        "The destination region specified in PresignedUrl: '%s' is incorrect"
#define E_SnapshotArchived                                                                         \
    400, "IncorrectState", "The snapshot '%s' is in the archive storage tier." /* [guess] */
#define E_SnapshotLocked /* [guess] */                                                             \
    400, "OperationNotPermitted", "The snapshot '%s' is locked and can't be deleted."
#define E_SnapshotNotArchived                                                                      \
    400, "IncorrectState", "The snapshot '%s' is not in the archive storage tier." /* [guess] */
#define E_SnapshotMoving /* [guess] */                                                             \
    400, "IncorrectState", "The snapshot '%s' is being moved between storage tiers."
#define E_SnapshotState /* [guess] */ 400, "IncorrectState", "The snapshot '%s' is in state '%s'."
#define E_SnapshotTierLimit                                                                        \
    400, "SnapshotLimitExceeded", "The maximum number of %s has been reached." /* [guess] */
#define E_SnapshotLockFixed /* [guess] */                                                          \
    400, "OperationNotPermitted",                                                                  \
        "The snapshot '%s' is locked in compliance mode; the lock can only be extended."
#define E_SnapshotNotLocked /* [guess] */ 400, "IncorrectState", "The snapshot '%s' is not locked."
#define E_SnapshotsNotAttached                                                                     \
    400, "InvalidParameterValue",                                                                  \
        "The volume '%s' is not attached to the instance '%s'." /* [guess] */
#define E_SnapshotsRootNamed /* [guess] */                                                         \
    400, "InvalidParameterValue",                                                                  \
        "The volume '%s' is the root volume of the instance '%s'; use ExcludeBootVolume."
#define E_SnapshotsNoVolume                                                                        \
    400, "InvalidParameterValue",                                                                  \
        "There are no volumes of the instance '%s' to take snapshots of." /* [guess] */
#define E_ImportTaskNotFound                                                                       \
    400, "InvalidConversionTaskId.Malformed", "The import task '%s' does not exist." /* [guess] */
#define E_ImportSource 400, "InvalidParameter", "Invalid S3 source location" /* code [guess] */
#define E_SnapshotKey 400, "InvalidParameterValue", "The specified keyId %s is %s"
#define E_SnapshotKeyForbidden 403, "AuthFailure", "Not authorized to use key %s "

/* ---- Recycle Bin ---- */
#define E_RetentionRuleNotFound                                                                    \
    404, "ResourceNotFoundException", "Rule %s does not exist" /* [guess] */
#define E_RetentionRuleLocked 409, "ConflictException", "Rule %s is locked" /* [guess] */
#define E_RetentionRuleNotLocked 409, "ConflictException", "Rule %s is not locked" /* [guess] */
#define E_RetentionRuleTags                                                                        \
    402, "ServiceQuotaExceededException", "A rule can't have more than 200 tags" /* [guess] */
#define E_RetentionRuleInvalid 400, "ValidationException", "%s" /* [guess] */

#endif
