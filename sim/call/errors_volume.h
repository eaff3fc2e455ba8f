/* Errors about volumes; a part of call/errors.h, which says how to read it. */
#ifndef CALL_ERRORS_VOLUME_H
#define CALL_ERRORS_VOLUME_H

/* ---- Volumes ---- */
#define E_VolumeNotFound 400, "InvalidVolume.NotFound", "The volume '%s' does not exist."
#define E_VolumeType 400, "UnknownVolumeType", "Unsupported volume type '%s' for volume creation. "
#define E_VolumeNegative                                                                           \
    400, "InvalidParameterValue",                                                                  \
        "Value (%lld) for parameter %s is invalid. Value must be a positive integer."
#define E_VolumeNoThroughput                                                                       \
    400, "InvalidParameterCombination", "The throughput parameter is not supported for %s volumes."
#define E_VolumeNoIops                                                                             \
    400, "InvalidParameterCombination", "The parameter iops is not supported for %s volumes."
#define E_VolumeIopsRequired                                                                       \
    400, "InvalidParameterCombination", "The parameter iops must be specified for %s volumes."
#define E_VolumeTooSmall                                                                           \
    400, "InvalidParameterValue",                                                                  \
        "The volume size is invalid for %s volumes: %lld GiB. %s volumes must be at least %lld "   \
        "GiB in size. Please specify a volume size above the minimum limit."
#define E_VolumeTooLarge                                                                           \
    400, "InvalidParameterValue",                                                                  \
        "Volume of %lldGiB is too large for volume type %s; maximum is %lldGiB"
#define E_VolumeIopsLow                                                                            \
    400, "InvalidParameterValue", "Volume iops of %lld is too low; minimum is %lld."
#define E_VolumeIopsHigh                                                                           \
    400, "InvalidParameterValue", "Volume iops of %lld is too high; maximum is %lld."
#define E_VolumeIopsRatio                                                                          \
    400, "InvalidParameterValue", "Iops to volume size ratio of %.6f is too high; maximum is %lld"
#define E_VolumeThroughputHigh                                                                     \
    400, "InvalidParameterValue", "Volume throughput of %lld is too high; maximum is %lld."
#define E_VolumeThroughputRatio                                                                    \
    400, "InvalidParameterValue",                                                                  \
        "Throughput (MiBps) to iops ratio of %.6f is too high; maximum is %.6f MiBps per iops"
#define E_VolumeNoMultiAttach                                                                      \
    400, "InvalidParameterCombination",                                                            \
        "The parameter multi-attach-enabled is not supported for %s volumes."
#define E_VolumeIdNone                                                                             \
    400, "MissingParameter",                                                                       \
        "Value (%s) for parameter volumeId is invalid. Parameter may not be null or empty."
#define E_VolumeIdValue                                                                            \
    400, "InvalidVolumeID.Malformed", "Value ( %s ) for parameter VOLUME is invalid. "
#define E_VolumeIdMissing                                                                          \
    400, "MissingParameter",                                                                       \
        "The request must include the VolumeId parameter. Add the required parameter and retry "   \
        "the request."
#define E_VolumeAttached 400, "VolumeInUse", "Volume %s is currently attached to %s"
#define E_VolumeAlready 400, "VolumeInUse", "%s is already attached to an instance"
#define E_VolumeNotAvailable 400, "IncorrectState", "Volume '%s' is not 'available'."
#define E_VolumeInState 400, "IncorrectState", "Volume '%s' is in the '%s' state."
#define E_VolumeZone                                                                               \
    400, "InvalidVolume.ZoneMismatch",                                                             \
        "The volume '%s' is not in the same availability zone as instance '%s'"
#define E_InstanceNotRunning 400, "IncorrectState", "Instance '%s' is not 'running'."
#define E_DeviceName                                                                               \
    400, "InvalidParameterValue",                                                                  \
        "Value (%s) for parameter device is invalid. %s is not a valid EBS device name."
#define E_DeviceTaken                                                                              \
    400, "InvalidParameterValue",                                                                  \
        "Invalid value '%s' for unixDevice. Attachment point %s is already in use"
#define E_AttachmentLimit                                                                          \
    400, "AttachmentLimitExceeded",                                                                \
        "Attachment limit of %lld exceeded for instance '%s'." /* [guess] */
#define E_MultiAttachLimit                                                                         \
    400, "AttachmentLimitExceeded",                                                                \
        "Volume '%s' is already attached to the maximum of %d instances." /* [guess] */
#define E_MultiAttachXen /* [guess] */                                                             \
    400, "UnsupportedOperation",                                                                   \
        "Volume '%s' is enabled for Multi-Attach, which instances of the type %s cannot use."
#define E_MultiAttachUnnamed                                                                       \
    400, "InvalidParameterCombination",                                                            \
        "Volume '%s' is attached to more than one instance. Specify an instance." /* [guess] */
#define E_EbsCard                                                                                  \
    400, "InvalidParameterValue",                                                                  \
        "Value (%lld) for parameter ebsCardIndex is invalid. Instance type %s has one EBS card."
#define E_AttachmentNotFound                                                                       \
    400, "InvalidAttachment.NotFound", "The volume %s is not attached to instance %s as device %s"
#define E_AttachMarketplace                                                                        \
    400, "IncorrectInstanceState",                                                                 \
        "Cannot attach volume '%s' with Marketplace codes as the instance '%s' is not in the "     \
        "'stopped' state."
#define E_DetachMarketplace                                                                        \
    400, "IncorrectInstanceState",                                                                 \
        "Unable to detach volume '%s' with Marketplace codes from instance '%s' as the instance "  \
        "is not in the 'stopped' state."
#define E_DetachRoot 400, "IncorrectState", "Unable to detach root volume '%s' from instance '%s'"
#define E_VolumeToken                                                                              \
    400, "InvalidParameterValue", "Client token must be less than or equal to 64 characters."
#define E_VolumeTokenMismatch                                                                      \
    400, "IdempotentParameterMismatch",                                                            \
        "Parameters on this idempotent request are inconsistent with parameters used in previous " \
        "request(s)"
#define E_VolumeTokenGone                                                                          \
    400, "IdempotentParameterMismatch",                                                            \
        "The client token you have provided is associated with a resource that is already "        \
        "deleted. Please use a different client token."
#define E_VolumeRateUseless                                                                        \
    400, "InvalidParameterCombination",                                                            \
        "You can't specify VolumeInitializationRate for volumes that are not created from a "      \
        "snapshot."
#define E_VolumeRate                                                                               \
    400, "InvalidParameterValue",                                                                  \
        "The value specified for VolumeInitializationRate is not in the allowed range."
#define E_VolumeSnapshot 400, "InvalidSnapshot.NotFound", "Snapshot does not exist"
#define E_SnapshotInvalidState /* [guess] for images, recorded for volumes */                      \
    400, "IncorrectState", "Snapshot is in invalid state - %s"
#define E_VolumeEncryption                                                                         \
    400, "InvalidParameterCombination",                                                            \
        "EncryptedVolume parameter [false] is inconsistent with snapshot encryption state [true]"
#define E_KeyWithoutEncrypted                                                                      \
    400, "InvalidParameterDependency",                                                             \
        "The parameter [KmsKeyId] requires the parameter Encrypted to be set."
#define E_VolumeModifyNothing                                                                      \
    400, "InvalidParameterValue",                                                                  \
        "Invalid input: Must specify at least one of size, type, iops, throughput or "             \
        "multi-attach."
#define E_VolumeShrinks                                                                            \
    400, "InvalidParameterValue", "New size cannot be smaller than existing size"
#define E_VolumeModifying                                                                          \
    400, "IncorrectModificationState", "Volume %s cannot be modified in modification state %s"
#define E_VolumeModifyRate                                                                         \
    400, "VolumeModificationRateExceeded",                                                         \
        "You've reached the maximum modification rate per volume limit. Wait until %s before you " \
        "can issue the next modification request for this volume."
#define E_VolumeUnmodified                                                                         \
    400, "InvalidVolumeModification.NotFound", "Modification for volume '%s' does not exist."
#define E_VolumeHasIo 400, "IncorrectState", "Volume %s already has IO enabled"
#define E_VolumeCopySmaller                                                                        \
    400, "InvalidParameterValue",                                                                  \
        "Value (%lld) for parameter size is invalid. It must not be smaller than the source "      \
        "volume: %lld GiB." /* [guess] */
#define E_VolumeCopiesInProgress                                                                   \
    400, "ResourceLimitExceeded",                                                                  \
        "Too many volume copies in progress. The limit is %lld." /* [guess] */
#define E_ZoneTwice                                                                                \
    400, "InvalidParameterCombination",                                                            \
        "AvailabilityZone and AvailabilityZoneId can't be used together. Specify only one of "     \
        "these parameters."
#define E_ZoneNotFound 400, "InvalidZone.NotFound", "The zone '%s' does not exist."

/* ---- Replacing root volumes: all guesses ---- */
#define E_RootSources                                                                              \
    400, "InvalidParameterCombination", "Specify only one of snapshotId, imageId and volumeId."
#define E_RootNone 400, "IncorrectState", "Instance '%s' has no root volume attached."
#define E_RootSnapshot                                                                             \
    400, "InvalidParameterValue",                                                                  \
        "Invalid value '%s' for snapshotId. It is not a snapshot of the root volume '%s'."
#define E_RootImage                                                                                \
    400, "InvalidParameterValue",                                                                  \
        "Invalid value '%s' for imageId. It does not have the same product code, billing "         \
        "information, architecture and virtualization type as the instance '%s'."
#define E_RootImageSmall                                                                           \
    400, "InvalidParameterValue",                                                                  \
        "The root volume of %lld GiB of image '%s' is smaller than that of the instance: %lld "    \
        "GiB."
#define E_RootEncrypted                                                                            \
    400, "InvalidParameterValue",                                                                  \
        "Invalid value '%s' for volumeId. The root volume is encrypted, and so must its "          \
        "replacement be."
#define E_RootTaskNotFound                                                                         \
    400, "InvalidReplaceRootVolumeTaskID.NotFound",                                                \
        "The replace root volume task '%s' does not exist."

#endif
