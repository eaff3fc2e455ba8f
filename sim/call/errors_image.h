/* Errors about images; a part of call/errors.h, which says how to read it. */
#ifndef CALL_ERRORS_IMAGE_H
#define CALL_ERRORS_IMAGE_H

/* ---- Images ---- */
#define E_ImageNotFound 400, "InvalidAMIID.NotFound", "The image id '[%s]' does not exist"
#define E_ImagesNotFound 400, "InvalidAMIID.NotFound", "The image ids '[%s]' do not exist"
#define E_ImageGone 400, "InvalidAMIID.Unavailable", "The image ID '%s' is no longer available"
#define E_ImageState                                                                               \
    400, "InvalidAMIID.Unavailable",                                                               \
        "The AMI ID '%s' is currently %s and may not be used for this operation"
#define E_ImageForeign 400, "AuthFailure", "Not authorized for image:%s"
#define E_ImageNameShape                                                                           \
    400, "InvalidAMIName.Malformed",                                                               \
        "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, "  \
        "'(', ')', '.', '-', '/' and '_'"
#define E_ImageNameUsed 400, "InvalidAMIName.Duplicate", "AMI name %s is already in use by AMI %s"
#define E_OwnerShape 400, "InvalidUserID.Malformed", "Invalid user id: \"%s\"" /* [guess] */
#define E_ImageProtected /* [guess] */                                                             \
    400, "OperationNotPermitted",                                                                  \
        "The image '%s' can't be deregistered: its deregistration protection is %s."
#define E_FilterDisabled                                                                           \
    400, "InvalidParameter",                                                                       \
        "When filtering by the 'disabled' state, 'IncludeDisabled' must be set to 'true' in the "  \
        "request."
#define E_DeprecationImage 400, "InvalidAMIID.NotFound", "Invalid ImageId: %s"
#define E_NoRootSnapshot                                                                           \
    400, "InvalidBlockDeviceMapping", "No root snapshot specified in device mapping."
#define E_NoDeviceName 400, "InvalidBlockDeviceMapping", "Missing device name"
#define E_LaunchDeviceTwice                                                                        \
    400, "InvalidBlockDeviceMapping",                                                              \
        "The device '%s' is used in more than one block-device mapping"
#define E_ImageDeviceTwice                                                                         \
    400, "InvalidBlockDeviceMapping", "%s is being assigned to multiple times."
#define E_MappingDeviceName 400, "InvalidBlockDeviceMapping", "Invalid device name %s"
#define E_ImageDeviceName 400, "InvalidBlockDeviceMapping", "Invalid device name '%s'"
#define E_SnapshotOrSize                                                                           \
    400, "InvalidBlockDeviceMapping", "Either snapshot ID or volume size must be provided for: %s"
#define E_MappingSmaller                                                                           \
    400, "InvalidBlockDeviceMapping",                                                              \
        "Volume of size %lldGB is smaller than snapshot '%s', expect size >= %lldGB"
#define E_EncryptedWithSnapshot                                                                    \
    400, "InvalidParameter",                                                                       \
        "Parameter encrypted is invalid. You cannot specify the encrypted flag if specifying a "   \
        "snapshot id in a block device mapping."
#define E_MappingSnapshotNotFound                                                                  \
    400, "InvalidSnapshotID.NotFound", "The snapshot ID '%s' does not exist"
#define E_SnapshotForeign                                                                          \
    400, "InvalidParameterValue",                                                                  \
        "Invalid value '%s' for snapshotId. Snapshot does not belong to %s"
#define E_MappedVolumeSnapshot                                                                     \
    400, "InvalidBlockDeviceMapping",                                                              \
        "snapshotId cannot be specified for the volume attached at %s" /* [guess] */
#define E_MappedVolumeSmaller                                                                      \
    400, "InvalidBlockDeviceMapping",                                                              \
        "Volume of size %lldGB is smaller than the volume attached at %s, expect size >= "         \
        "%lldGB" /* [guess] */
#define E_MappedVolumeEncrypted                                                                    \
    400, "InvalidBlockDeviceMapping",                                                              \
        "the encrypted flag cannot be specified since device %s has a conflicting encryption "     \
        "setting"
#define E_NoImageSource /* [guess] */                                                              \
    400, "MissingParameter",                                                                       \
        "The request must contain the parameter imageLocation or blockDeviceMapping"
#define E_ManifestLocation /* [guess] */                                                           \
    400, "InvalidManifest",                                                                        \
        "The location '%s' does not name a manifest (bucket/path/name.manifest.xml)"
#define E_BillingProduct                                                                           \
    400, "AuthFailure", "Not authorized for the billing product %s" /* [guess] */
#define E_KernelNotFound                                                                           \
    400, "InvalidKernelId.NotFound", "The kernel ID '%s' does not exist" /* [guess] */
#define E_RamdiskNotFound                                                                          \
    400, "InvalidRamdiskId.NotFound", "The ramdisk ID '%s' does not exist" /* [guess] */
#define E_InstanceNotImageable                                                                     \
    400, "InvalidParameterValue",                                                                  \
        "Invalid value '%s' for instanceId. Instance is not in state 'running' or 'stopping' or "  \
        "'stopped'"
#define E_InstanceNotEbs                                                                           \
    400, "InvalidParameterValue",                                                                  \
        "Invalid value '%s' for instanceId. Instance is not EBS-backed" /* [guess] */
#define E_InstanceNoRoot                                                                           \
    400, "InvalidParameterValue",                                                                  \
        "Invalid value '%s' for instanceId. Instance does not have a volume attached at root (%s)"
#define E_BootModeOverride /* [guess] */                                                           \
    400, "InvalidParameterCombination",                                                            \
        "BootModeOverride requires that the instance '%s' runs in the boot mode uefi."
#define E_ImageStorage                                                                             \
    400, "InvalidRequest", "You do not have permission to access the storage of this ami"
#define E_CopyUnencrypted                                                                          \
    400, "InvalidRequest",                                                                         \
        "Snapshot %s is encrypted. Creating unencrypted copy from an encrypted snapshot is not "   \
        "supported."
#define E_CopyMarketplace                                                                          \
    400, "InvalidRequest", "Images from AWS Marketplace cannot be copied to another AWS account."
#define E_CopyDuration                                                                             \
    400, "InvalidParameterValue",                                                                  \
        "'%lld' is not a valid value for completion duration. Specify a value between 15 and "     \
        "2880 minutes, in 15 minute increments only"
#define E_ImageRestricted 400, "AuthFailure", "Unauthorized attempt to access restricted resource"
#define E_NoAttribute 400, "InvalidParameterCombination", "No attributes specified."
#define E_TwoAttributes                                                                            \
    400, "InvalidParameterCombination", "Fields for multiple attribute types specified: %s"
#define E_NoOperationType                                                                          \
    400, "InvalidParameterCombination",                                                            \
        "No operation specified for %s attribute." /* [guess] here, recorded for snapshots */
#define E_AttributeUnknown /* [guess] here, recorded for snapshots */                              \
    400, "InvalidParameterValue", "Unrecognized attribute."
#define E_ImageUserItem                                                                            \
    400, "InvalidAMIAttributeItemValue",                                                           \
        "Invalid attribute item value \"%s \" for userId item type."
#define E_ImageItem                                                                                \
    400, "InvalidAMIAttributeItemValue", "Invalid attribute item value \"%s \" for %s item type."
#define E_ShareManagedKey                                                                          \
    400, "InvalidParameter",                                                                       \
        "Snapshots encrypted with the AWS Managed CMK can\xe2\x80\x99t be shared. Specify "        \
        "another "                                                                                 \
        "snapshot."
#define E_PublicEncrypted                                                                          \
    400, "UnsupportedOperation",                                                                   \
        "Encrypted snapshots can\xe2\x80\x99t be shared publicly. Specify another snapshot."
#define E_PublicBlocked                                                                            \
    400, "OperationNotPermitted",                                                                  \
        "You can\xe2\x80\x99t publicly share this image because block public access for AMIs is "  \
        "enabled for this account. To publicly share the image, you must call the "                \
        "DisableImageBlockPublicAccess API."
#define E_PublicQuota                                                                              \
    400, "ResourceLimitExceeded",                                                                  \
        "You have reached your quota of %lld for the number of public images allowed in this "     \
        "Region. Deregister unused public images or make them private, or request an increase in " \
        "your public AMIs quota."
#define E_PublicMarketplace                                                                        \
    400, "UnsupportedOperation",                                                                   \
        "Images with an AWS Marketplace product code can't be made public." /* [guess] */
#define E_PublicWatermarked                                                                        \
    400, "UnsupportedOperation", "Images with a watermark can't be made public." /* [guess] */
#define E_PermissionQuota                                                                          \
    400, "ResourceLimitExceeded",                                                                  \
        "You have reached your quota of %lld for the number of accounts, organizations and "       \
        "organizational units that an image can be shared with." /* [guess] */
#define E_DeprecatePast /* [guess] */                                                              \
    400, "InvalidParameterValue",                                                                  \
        "Value (%s) for parameter deprecateAt is invalid. The date must not be in the past."
#define E_DeprecateFar /* [guess] */                                                               \
    400, "InvalidParameterValue",                                                                  \
        "Value (%s) for parameter deprecateAt is invalid. The date must not be later than %s."
#define E_DeprecatePublic                                                                          \
    400, "OperationNotPermitted",                                                                  \
        "The deprecation of the public image '%s' can't be cancelled. Make the image private "     \
        "first." /* [guess] */
#define E_CriteriaNone                                                                             \
    400, "InvalidParameterCombination",                                                            \
        "The image provider 'none' can't be combined with other providers." /* [guess] */
#define E_ImageQuota                                                                               \
    400, "ResourceLimitExceeded",                                                                  \
        "You have reached your quota of %lld for the number of images allowed in this Region. "    \
        "Deregister unused images, or request an increase in your AMIs quota." /* [guess] */
#define E_CopyConcurrency /* [guess] */                                                            \
    400, "ResourceLimitExceeded",                                                                  \
        "Too many image copies in progress. The limit is %lld for this destination region."
#define E_BinSnapshot                                                                              \
    400, "IncorrectState",                                                                         \
        "The image '%s' can't be restored: its snapshot '%s' is not available." /* [guess] */
#define E_WatermarkName                                                                            \
    400, "InvalidParameterValue",                                                                  \
        "Value (%s) for parameter watermarkName is invalid. It may contain letters, numbers, "     \
        "blanks and ()[]./-'@_ only." /* [guess] */
#define E_WatermarkPublic /* [guess] */                                                            \
    400, "UnsupportedOperation", "A watermark can't be attached to the public image '%s'."
#define E_WatermarkQuota                                                                           \
    400, "ResourceLimitExceeded", "An image can't have more than %lld watermarks." /* [guess] */
#define E_ReferencesNoType /* [guess] */                                                           \
    400, "MissingParameter",                                                                       \
        "The request must contain the parameter includeAllResourceTypes or resourceTypes"
#define E_ResourceTypeOption                                                                       \
    400, "InvalidParameterValue",                                                                  \
        "Value (%s) for parameter %s is invalid for the resource type %s." /* [guess] */
#define E_ReportNotFound                                                                           \
    400, "InvalidImageUsageReportId.NotFound",                                                     \
        "The image usage report ID '%s' does not exist" /* [guess] */
#define E_BucketName /* [guess] */                                                                 \
    400, "InvalidParameterValue",                                                                  \
        "Value (%s) for parameter bucket is invalid. It is not the name of a bucket."
#define E_StoreUnsupported /* [guess] */                                                           \
    400, "UnsupportedOperation",                                                                   \
        "The image '%s' can't be stored: only images backed by EBS that are not paravirtual can."
#define E_StoredTwice                                                                              \
    400, "InvalidRequest", "The image '%s' is already stored in the bucket '%s'." /* [guess] */
#define E_StoreQuota                                                                               \
    400, "ResourceLimitExceeded",                                                                  \
        "The limit of %lld GB for store tasks in progress is reached." /* [guess] */
#define E_RestoreQuota                                                                             \
    400, "ResourceLimitExceeded",                                                                  \
        "The limit of %lld GB for restore tasks in progress is reached." /* [guess] */
#define E_ObjectNotFound /* [guess] */                                                             \
    400, "InvalidParameterValue", "The object '%s' does not exist in the bucket '%s'."
#define E_ObjectNoImage                                                                            \
    400, "InvalidParameterValue", "The object '%s' holds no image." /* [guess] */
#define E_ImportNoSource /* [guess] */                                                             \
    400, "InvalidParameter",                                                                       \
        "A disk container must have a snapshot ID, a URL or an object in a bucket."
#define E_ImportLicenseTwice                                                                       \
    400, "InvalidParameter",                                                                       \
        "LicenseType and UsageOperation can't be specified together." /* rule [guide] */
#define E_ImportLicenseLinux                                                                       \
    400, "InvalidParameter",                                                                       \
        "The license type AWS isn't supported for Linux; specify BYOL." /* rule [guide] */
#define E_ImportArchitecture                                                                       \
    400, "InvalidParameter", "The architecture arm64 isn't supported for imports." /* rule [guide] \
                                                                                    */
#define E_ImportBootMode                                                                           \
    400, "InvalidParameterValue",                                                                  \
        "The boot mode uefi-preferred isn't supported for importing images." /* rule [model] */
#define E_ImportKey                                                                                \
    400, "InvalidParameterValue",                                                                  \
        "The specified KMS key is not accessible. If this is a default EBS CMK, please retry "     \
        "your request without specifying the key explicitly"
#define E_ExportTaskNotFound                                                                       \
    400, "InvalidExportTaskID.NotFound", "The export task ID '%s' does not exist" /* [guess] */
#define E_TaskNotActive                                                                            \
    400, "IncorrectState", "The task '%s' can't be cancelled: it is %s." /* [guess] */
#define E_ExportRunning /* rule [guide] */                                                         \
    400, "IncorrectState", "The image '%s' is being exported already."
#define E_ExportUnsupported                                                                        \
    400, "UnsupportedOperation",                                                                   \
        "The image '%s' can't be exported: images with encrypted snapshots, product codes, "       \
        "volumes "                                                                                 \
        "of more than 1 TiB or an instance-store root device are not supported." /* [guess] */
#define E_FastLaunchPlatform                                                                       \
    400, "UnsupportedOperation",                                                                   \
        "Fast launch is supported for Windows images only; '%s' is none." /* [guess] */
#define E_FastLaunchOff                                                                            \
    400, "InvalidRequest", "Fast launch is not enabled for the image '%s'." /* [guess] */
#define E_BundleUnsupported                                                                        \
    400, "InvalidInstanceType",                                                                    \
        "The specified instance does not support bundling. You can only bundle instance "          \
        "store-backed Windows instances."
#define E_BundlingInProgress                                                                       \
    400, "BundlingInProgress", "The specified instance already has a bundling task in progress."
#define E_BundleNotFound /* [guess] */                                                             \
    400, "InvalidBundleID.NotFound", "The specified bundle task ID '%s' cannot be found."

#endif
