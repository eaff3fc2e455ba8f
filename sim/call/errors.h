/* Every AWS error the simulator answers: HTTP status, code and text as one.
 *
 * E_ macros are the last three arguments of fail(); the text is a format that the compiler checks.
 * Texts are AWS's own where a recording or a report shows them; [guess] marks those nobody has seen
 * (they are listed in docs/fidelity.md). Each family of operations has a file of its own, errors_*.h; this
 * one has what all share. */
#ifndef CALL_ERRORS_H
#define CALL_ERRORS_H

#include "call/errors_images.h"
#include "call/errors_instances.h"
#include "call/errors_keys.h"
#include "call/errors_snapshots.h"
#include "call/errors_volumes.h"

/* ---- Protocol ---- */
#define E_InvalidAction 400, "InvalidAction", "The action %s is not valid for this web service."
#define E_MissingAction 400, "MissingAction", "The request must contain the parameter Action" /* [guess] */
#define E_NoSuchVersion 400, "NoSuchVersion", "The requested version (%s) of service %s does not exist"
#define E_MissingCredentials                                                                       \
    400, "MissingParameter", "The request must contain the parameter AWSAccessKeyId"
#define E_CredentialShape                                                                          \
    400, "AuthFailure",                                                                            \
        "Credential must have exactly 5 slash-delimited elements, e.g. "                           \
        "keyid/date/region/service/term, got '%s'"
#define E_CredentialsRefused                                                                       \
    401, "AuthFailure", "AWS was not able to validate the provided access credentials"
#define E_SessionOverEc2 400, "RequestExpired", "Request has expired." /* [guess] */
#define E_SessionOverSts                                                                           \
    403, "ExpiredToken", "The security token included in the request is expired" /* [guess] */
#define E_SessionOver                                                                              \
    400, "ExpiredTokenException",                                                                  \
        "The security token included in the request is expired" /* [guess] */
#define E_MalformedQuery 400, "MalformedQueryString", "%s" /* [guess] */
#define E_RequestTooLarge 413, "RequestEntityTooLarge", "%s" /* [guess] */
#define E_InternalError 500, "InternalError", "An internal error has occurred"

/* ---- Parameters, all operations ---- */
#define E_UnknownParameter 400, "UnknownParameter", "The parameter %s is not recognized"
#define E_MissingParameter                                                                         \
    400, "MissingParameter", "The request must contain the parameter %s"
#define E_ParameterTwice 400, "InvalidParameterValue", "The parameter '%s' may only be specified once."
#define E_NotSimulated                                                                             \
    400, "UnsupportedOperation", "The parameter %s is not simulated: %s"
#define E_ValueInvalid 400, "InvalidParameterValue", "Value (%s) for parameter %s is invalid. %s"
#define E_InvalidValue 400, "InvalidParameterValue", "Invalid value '%s' for %s. %s"
#define E_ParameterValue 400, "InvalidParameterValue", "%s"
#define E_ParameterCombination 400, "InvalidParameterCombination", "%s"
#define E_InvalidRequest 400, "InvalidRequest", "The request received was invalid."
#define E_DryRun 412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set."
#define E_InvalidFilter 400, "InvalidParameterValue", "The filter '%s' is invalid"
#define E_FilterValues                                                                             \
    400, "FilterLimitExceeded", "The maximum number of filter values specified on a single call is 200"
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

/* ---- Tags ---- */
#define E_TagReserved                                                                              \
    400, "InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use"
#define E_TagReservedKey                                                                           \
    400, "InvalidParameterValue",                                                                  \
        "Value ( %s ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved "   \
        "for internal use"
#define E_TagResourceId 400, "InvalidID", "The ID '%s' is not valid"
#define E_TagType                                                                                  \
    400, "InvalidParameterValue",                                                                  \
        "'%s' is not a valid taggable resource type for this operation."
#define E_TagDuplicate 400, "InvalidParameterValue", "Duplicate tag key '%s' specified."
#define E_TagNoKey 400, "InvalidParameterValue", "Tag key must have a value"
#define E_TagNone 400, "InvalidParameterValue", "Tag specification must have at least one tag"
#define E_TagKeyLength                                                                             \
    400, "InvalidParameterValue", "Tag key exceeds the maximum length of 127 characters" /* [guess] */
#define E_TagValueLength                                                                           \
    400, "InvalidParameterValue", "Tag value exceeds the maximum length of 256 characters" /* [guess] */
#define E_TagLimit                                                                                 \
    400, "TagLimitExceeded", "The resultant tag set must not have more than 50 user tags."

/* ---- Regions ---- */
#define E_InvalidRegion 400, "InvalidRegion", "%s is not a valid region name."

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
#define E_ImageNameUsed                                                                            \
    400, "InvalidAMIName.Duplicate", "AMI name %s is already in use by AMI %s"
#define E_OwnerShape 400, "InvalidUserID.Malformed", "Invalid user id: \"%s\"" /* [guess] */
#define E_ImageProtected                                                                           \
    400, "OperationNotPermitted",                                                                  \
        "The image '%s' can't be deregistered: its deregistration protection is %s." /* [guess] */
#define E_NoRootSnapshot                                                                           \
    400, "InvalidBlockDeviceMapping", "No root snapshot specified in device mapping."
#define E_NoDeviceName 400, "InvalidBlockDeviceMapping", "Missing device name"
#define E_DeviceTwice                                                                              \
    400, "InvalidBlockDeviceMapping",                                                              \
        "The device '%s' is used in more than one block-device mapping" /* [guess] */
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
#define E_SnapshotFailed                                                                           \
    400, "IncorrectState", "Snapshot is in invalid state - %s" /* [guess] here, recorded for volumes */
#define E_VirtualName                                                                              \
    400, "InvalidBlockDeviceMapping", "Invalid virtual device name '%s'" /* [guess] */
#define E_MappedVolumeFixed                                                                        \
    400, "InvalidBlockDeviceMapping",                                                              \
        "Only DeleteOnTermination can be changed for the volume attached at %s" /* [guess] */
#define E_NoImageSource                                                                            \
    400, "MissingParameter",                                                                       \
        "The request must contain the parameter imageLocation or blockDeviceMapping" /* [guess] */
#define E_ManifestLocation                                                                         \
    400, "InvalidManifest",                                                                        \
        "The location '%s' does not name a manifest (bucket/path/name.manifest.xml)" /* [guess] */
#define E_BillingProduct                                                                           \
    400, "AuthFailure", "Not authorized for the billing product %s" /* [guess] */
#define E_KernelNotFound 400, "InvalidKernelId.NotFound", "The kernel ID '%s' does not exist" /* [guess] */
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
#define E_BootModeOverride                                                                         \
    400, "InvalidParameterCombination",                                                            \
        "BootModeOverride requires that the instance '%s' runs in the boot mode uefi." /* [guess] */
#define E_ImageInstanceNotFound                                                                    \
    400, "InvalidInstanceID.NotFound", "The instance ID '%s' does not exist"
#define E_ImageStorage                                                                             \
    400, "InvalidRequest", "You do not have permission to access the storage of this ami"
#define E_CopyUnencrypted                                                                          \
    400, "InvalidRequest",                                                                         \
        "Snapshot %s is encrypted. Creating unencrypted copy from an encrypted snapshot is not "   \
        "supported."
#define E_CopyMarketplace                                                                          \
    400, "InvalidRequest",                                                                         \
        "Images from AWS Marketplace cannot be copied to another AWS account."
#define E_CopyDuration                                                                             \
    400, "InvalidParameterValue",                                                                  \
        "'%lld' is not a valid value for completion duration. Specify a value between 15 and "     \
        "2880 minutes, in 15 minute increments only"
#define E_KeyWithoutEncrypted                                                                      \
    400, "InvalidParameterDependency",                                                             \
        "The parameter [KmsKeyId] requires the parameter Encrypted to be set."
#define E_ImageRestricted                                                                          \
    400, "AuthFailure", "Unauthorized attempt to access restricted resource"
#define E_NoAttribute 400, "InvalidParameterCombination", "No attributes specified."
#define E_TwoAttributes                                                                            \
    400, "InvalidParameterCombination", "Fields for multiple attribute types specified: %s"
#define E_NoOperationType                                                                          \
    400, "InvalidParameterCombination",                                                            \
        "No operation specified for %s attribute." /* [guess] here, recorded for snapshots */
#define E_AttributeUnknown                                                                         \
    400, "InvalidParameterValue", "Unrecognized attribute." /* [guess] here, recorded for snapshots */
#define E_ImageUserItem                                                                            \
    400, "InvalidAMIAttributeItemValue", "Invalid attribute item value \"%s \" for userId item type."
#define E_ImageItem                                                                                \
    400, "InvalidAMIAttributeItemValue", "Invalid attribute item value \"%s\" for %s item type."
#define E_ShareManagedKey                                                                          \
    400, "InvalidParameter",                                                                       \
        "Snapshots encrypted with the AWS Managed CMK can\xe2\x80\x99t be shared. Specify another " \
        "snapshot."
#define E_PublicEncrypted                                                                          \
    400, "UnsupportedOperation",                                                                   \
        "Encrypted snapshots can\xe2\x80\x99t be shared publicly. Specify another snapshot."
#define E_PublicBlocked                                                                            \
    400, "OperationNotPermitted",                                                                  \
        "You can\xe2\x80\x99t publicly share this image because block public access for AMIs is "   \
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
#define E_NotSharedWithYou                                                                         \
    400, "OperationNotPermitted",                                                                  \
        "The image '%s' is not explicitly shared with account %s." /* [guess] */
#define E_DeprecatePast                                                                            \
    400, "InvalidParameterValue",                                                                  \
        "Value (%s) for parameter deprecateAt is invalid. The date must not be in the past." /* [guess] */
#define E_DeprecateFar                                                                             \
    400, "InvalidParameterValue",                                                                  \
        "Value (%s) for parameter deprecateAt is invalid. The date must not be later than %s." /* [guess] */
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
#define E_CopyConcurrency                                                                          \
    400, "ResourceLimitExceeded",                                                                  \
        "Too many image copies in progress. The limit is %lld for this destination region." /* [guess] */
#define E_BinSnapshot                                                                              \
    400, "IncorrectState",                                                                         \
        "The image '%s' can't be restored: its snapshot '%s' is not available." /* [guess] */

/* ---- Snapshots ---- */
#define E_SnapshotNotFound 400, "InvalidSnapshot.NotFound", "The snapshot '%s' does not exist."
#define E_SnapshotInUse                                                                            \
    400, "InvalidSnapshot.InUse", "The snapshot %s is currently in use by %s"
#define E_SnapshotIdExpected                                                                       \
    400, "InvalidParameterValue",                                                                  \
        "Value (%s) for parameter snapshotId is invalid. Expected: 'snap-...'."
#define E_SnapshotIdMalformed 400, "InvalidSnapshotID.Malformed", "Invalid id: \"%s\""
#define E_SnapshotIdValue                                                                          \
    400, "InvalidSnapshotID.Malformed", "Value ( %s ) for parameter SNAPSHOT is invalid. "
#define E_SnapshotIdQuoted                                                                         \
    400, "InvalidSnapshotID.Malformed", "The snapshot ID '%s' is malformed"
#define E_SnapshotPermissionUser 400, "InvalidAMIAttributeItemValue", "UserId %s"
#define E_SnapshotPermissionGroup 400, "InvalidAMIAttributeItemValue", "UserGroup %s"
#define E_NotPermitted 400, "OperationNotPermitted", "%s"
#define E_SnapshotOwner 400, "InvalidUserID.Malformed", "Invalid user id: \"%s\"" /* [guess] */
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
#define E_SnapshotDuration                                                                         \
    400, "InvalidParameterValue",                                                                  \
        "'%lld' is not a valid value for completion duration. Specify a value between 15 and "     \
        "2880 minutes, in 15 minute increments only"
#define E_SnapshotDestination                                                                      \
    400, "InvalidParameterValue",                                                                  \
        "DestinationRegion '%s' does not match the current region (%s)"
#define E_SnapshotUrlSource                                                                        \
    400, "InvalidParameterValue",                                                                  \
        "The source snapshot specified in PresignedUrl '%s' does not match the source snapshot in " \
        "the request: '%s'"
#define E_SnapshotUrlDestination                                                                   \
    400, "InvalidParameterValue",                                                                  \
        "The destination region specified in PresignedUrl: '%s' is incorrect"
#define E_SnapshotArchived                                                                         \
    400, "IncorrectState", "The snapshot '%s' is in the archive storage tier." /* [guess] */
#define E_SnapshotLocked                                                                           \
    400, "OperationNotPermitted", "The snapshot '%s' is locked and can't be deleted." /* [guess] */
#define E_SnapshotKey 400, "InvalidParameterValue", "The specified keyId %s is %s"
#define E_SnapshotKeyForbidden 403, "AuthFailure", "Not authorized to use key %s "

/* ---- Instances ---- */
#define E_InstanceNotFound                                                                         \
    400, "InvalidInstanceID.NotFound", "The instance ID '%s' does not exist"
#define E_InstancesNotFound                                                                        \
    400, "InvalidInstanceID.NotFound", "The instance IDs '%s' do not exist"
#define E_InstanceNoStart                                                                          \
    400, "IncorrectInstanceState",                                                                 \
        "The instance '%s' is not in a state from which it can be started."
#define E_InstanceNoStop                                                                           \
    400, "IncorrectInstanceState",                                                                 \
        "This instance '%s' is not in a state from which it can be stopped."
#define E_InstanceStoreStop                                                                        \
    400, "UnsupportedOperation",                                                                   \
        "The instance '%s' does not have an 'ebs' root device type and cannot be stopped." /* [guess] */
#define E_InstanceNoHibernation                                                                    \
    400, "UnsupportedHibernationConfiguration",                                                    \
        "Instance '%s' is not configured for hibernation." /* [guess] */
#define E_InstanceProtected                                                                        \
    400, "OperationNotPermitted",                                                                  \
        "The instance '%s' may not be %s. Modify its '%s' instance attribute and try "             \
        "again."
#define E_InstanceNoReboot                                                                         \
    400, "IncorrectState", "Cannot reboot instance %s that is currently in %s state."
#define E_ConsoleLatest                                                                            \
    400, "UnsupportedOperation",                                                                   \
        "This instance type does not support retrieving the latest console logs." /* [guess] */

/* ---- Launching instances ---- */
#define E_ImagesForeign 400, "AuthFailure", "Not authorized for images: [%s]"
#define E_LaunchUnsupported                                                                        \
    400, "Unsupported",                                                                            \
        "The requested configuration is currently not supported. Please check the "                \
        "documentation for supported configurations."
#define E_LaunchArchitecture                                                                       \
    400, "InvalidParameterValue",                                                                  \
        "The architecture '%s' of the specified instance type does not match the "                 \
        "architecture '%s' of the specified AMI. Specify an instance type and an AMI "             \
        "that have matching architectures, and try again. You can use "                            \
        "'describe-instance-types' or 'describe-images' to discover the architecture of "          \
        "the instance type or AMI."
#define E_LaunchNoHvm                                                                              \
    400, "InvalidParameterCombination",                                                            \
        "Non-Windows instances with a virtualization type of 'hvm' are currently not "             \
        "supported for this instance type."
#define E_LaunchVirtualization                                                                     \
    400, "InvalidParameterCombination",                                                            \
        "Virtualization type '%s' is required for instances of type '%s'."
#define E_LaunchEna                                                                                \
    400, "InvalidParameterCombination",                                                            \
        "Enhanced networking with the Elastic Network Adapter (ENA) is required for the "          \
        "'%s' instance type. Ensure that you are using an AMI that is enabled for ENA."
#define E_LaunchRootDevice                                                                         \
    400, "UnsupportedOperation",                                                                   \
        "AMI '%s' with an instance-store root device is not supported for the instance "           \
        "type '%s'."
#define E_LaunchBootMode                                                                           \
    400, "InvalidParameterCombination",                                                            \
        "The boot mode '%s' of the specified AMI is not supported for the instance type "          \
        "'%s'." /* [guess] */
#define E_LaunchTpm                                                                                \
    400, "InvalidParameterCombination",                                                            \
        "NitroTPM is not supported for the instance type '%s'." /* [guess] */
#define E_LaunchKernelHvm                                                                          \
    400, "InvalidParameterCombination",                                                            \
        "A kernel or RAM disk cannot be specified for an AMI with a virtualization type "          \
        "of 'hvm'." /* [guess] */
#define E_LaunchShutdownBehavior                                                                   \
    400, "InvalidParameterCombination",                                                            \
        "The attribute instanceInitiatedShutdownBehavior can only be used for EBS-backed "         \
        "images."
#define E_LaunchCredits                                                                            \
    400, "InvalidParameterCombination",                                                            \
        "The specified instance type '%s' does not support CPU credits." /* [guess] */
#define E_LaunchEnclave                                                                            \
    400, "InvalidParameterCombination",                                                            \
        "Enclaves are not supported for the instance type '%s'." /* [guess] */
#define E_LaunchHibernation                                                                        \
    400, "UnsupportedHibernationConfiguration",                                                    \
        "Hibernation is not supported for the instance type '%s' with this AMI." /* [guess] */
#define E_LaunchCores                                                                              \
    400, "InvalidParameterValue",                                                                  \
        "The specified CoreCount of %lld is not supported for this instance type." /* [guess] */
#define E_LaunchThreads                                                                            \
    400, "InvalidParameterValue",                                                                  \
        "The specified ThreadsPerCore of %lld is not supported for this instance type." /* [guess] */
#define E_UserDataLength                                                                           \
    400, "InvalidParameterValue", "User data is limited to 16384 bytes" /* [guess] */
#define E_PlacementGroup                                                                           \
    400, "InvalidPlacementGroup.Unknown", "The Placement Group '%s' is unknown." /* [guess] */
#define E_VcpuLimit                                                                                \
    400, "VcpuLimitExceeded",                                                                      \
        "You have requested more vCPU capacity than your current vCPU limit of %lld "              \
        "allows for the instance bucket that the specified instance type belongs to. "             \
        "Please visit http://aws.amazon.com/contact-us/ec2-request to request an "                 \
        "adjustment to this limit."
#define E_TokenTerminated                                                                          \
    400, "IdempotentInstanceTerminated",                                                           \
        "The client token you have provided is associated with a terminated instance. "            \
        "Please use a different client token." /* [guess] */
#define E_KeyPairNotFound 400, "InvalidKeyPair.NotFound", "The key pair '%s' does not exist"

/* ---- Disks of a launch ---- */
#define E_MappingNoName 400, "InvalidBlockDeviceMapping", "Missing device name"
#define E_MappingTwice                                                                             \
    400, "InvalidBlockDeviceMapping",                                                              \
        "The device '%s' is used in more than one block-device mapping" /* [guess] */
#define E_MappingBare                                                                              \
    400, "InvalidBlockDeviceMapping", "Either snapshot ID or volume size must be provided for: %s"
#define E_MappingNotEbs                                                                            \
    400, "InvalidBlockDeviceMapping", "snapshotId can only be modified on EBS devices"
#define E_MappingRootSnapshot                                                                      \
    400, "InvalidBlockDeviceMapping", "snapshotId cannot be modified on root device"
#define E_MappingRootRemoved                                                                       \
    400, "InvalidBlockDeviceMapping", "The root device cannot be suppressed" /* [guess] */
#define E_MappingRootVirtual                                                                       \
    400, "InvalidBlockDeviceMapping",                                                              \
        "The root device cannot be an instance store volume" /* [guess] */
#define E_MappingOnStore                                                                           \
    400, "InvalidBlockDeviceMapping",                                                              \
        "EBS block device mappings not supported for instance-store AMIs."
#define E_MappingEncrypted                                                                         \
    400, "InvalidBlockDeviceMapping",                                                              \
        "the encrypted flag cannot be specified since device %s has a snapshot specified."
#define E_MappingTooSmall                                                                          \
    400, "InvalidBlockDeviceMapping",                                                              \
        "Volume of size %lldGB is smaller than snapshot '%s', expect size >= %lldGB"
#define E_MappingKey                                                                               \
    400, "InvalidParameterDependency",                                                             \
        "The parameter KmsKeyId requires the parameter Encrypted to be set."
#define E_LaunchSnapshotNotFound                                                                   \
    400, "InvalidSnapshot.NotFound", "The snapshot '%s' does not exist."
#define E_LaunchSnapshotState 400, "IncorrectState", "Snapshot is in invalid state - %s"

/* ---- Network ---- */
#define E_LaunchZone 400, "InvalidParameterValue", "Invalid availability zone: [%s]"
#define E_LaunchZoneType                                                                           \
    400, "Unsupported",                                                                            \
        "Your requested instance type (%s) is not supported in your requested "                    \
        "Availability Zone (%s). Please retry your request by not specifying an "                  \
        "Availability Zone or choosing %s."
#define E_NoDefaultVpc                                                                             \
    400, "VPCIdNotSpecified",                                                                      \
        "No default VPC for this user. GroupName is only supported for EC2-Classic and "           \
        "default VPC."
#define E_NoSubnets                                                                                \
    400, "MissingInput", "No subnets found for the default VPC '%s'. Please specify a subnet."
#define E_NoDefaultSubnet 400, "MissingInput", "No default subnet for availability zone: '%s'."
#define E_SubnetNotFound 400, "InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist"
#define E_SubnetZone                                                                               \
    400, "InvalidParameterValue",                                                                  \
        "The subnet '%s' is not in the Availability Zone '%s'" /* [guess] */
#define E_VpcNotFound 400, "InvalidVpcID.NotFound", "The vpc ID '%s' does not exist"
#define E_GroupNotFound 400, "InvalidGroup.NotFound", "The security group '%s' does not exist"
#define E_GroupNameNotFound                                                                        \
    400, "InvalidGroup.NotFound",                                                                  \
        "The security group '%s' does not exist in VPC '%s'" /* [guess] */
#define E_GroupSubnet                                                                              \
    400, "InvalidParameter", "Security group %s and subnet %s belong to different networks."
#define E_GroupsTwice                                                                              \
    400, "InvalidParameterCombination",                                                            \
        "The parameter groupName cannot be used with the parameter groupId" /* [guess] */
#define E_GroupNameWithSubnet                                                                      \
    400, "InvalidParameterCombination",                                                            \
        "The parameter groupName cannot be used with the parameter subnet"
#define E_InterfaceWithSubnet                                                                      \
    400, "InvalidParameterCombination",                                                            \
        "Network interfaces and an instance-level subnet ID may not be specified on the "          \
        "same request"
#define E_InterfaceWithGroups                                                                      \
    400, "InvalidParameterCombination",                                                            \
        "Network interfaces and an instance-level security groups may not be specified "           \
        "on the same request"
#define E_InterfaceWithAddress                                                                     \
    400, "InvalidParameterCombination",                                                            \
        "Network interfaces and an instance-level private IP address may not be "                  \
        "specified on the same request"
#define E_InterfaceNotFound                                                                        \
    400, "InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '%s' does not exist"
#define E_InterfaceCard                                                                            \
    400, "InvalidParameterValue",                                                                  \
        "The network card index %lld is not available for this instance type" /* [guess] */
#define E_InterfaceIndexTwice                                                                      \
    400, "InvalidParameterValue", "Device index %s is specified more than once" /* [guess] */
#define E_InterfaceNoFirst                                                                         \
    400, "InvalidParameterCombination",                                                            \
        "A primary network interface with device index 0 must be specified" /* [guess] */
#define E_InterfaceLimit                                                                           \
    400, "AttachmentLimitExceeded",                                                                \
        "Interface count exceeds the limit of %lld for %s" /* [guess] */
#define E_AddressForMany                                                                           \
    400, "InvalidParameterCombination",                                                            \
        "A private IP address cannot be specified for more than one instance" /* [guess] */
#define E_AddressOutside                                                                           \
    400, "InvalidParameterValue", "Address does not fall within the subnet's address range"
#define E_AddressInUse 400, "InvalidIPAddress.InUse", "Address %s is in use."
#define E_NoFreeAddress                                                                            \
    400, "InsufficientFreeAddressesInSubnet",                                                      \
        "The specified subnet does not have enough free addresses to satisfy the request."
/* ---- Network ---- */
#define E_VpcNotFound 400, "InvalidVpcID.NotFound", "The vpc ID '%s' does not exist"
#define E_SubnetNotFound 400, "InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist"
#define E_GroupNotFound 400, "InvalidGroup.NotFound", "The security group '%s' does not exist"
#define E_RuleNotFound                                                                             \
    400, "InvalidSecurityGroupRuleId.NotFound",                                                    \
        "The security group rule ID '%s' does not exist" /* [guess] */
#define E_InterfaceNotFound                                                                        \
    400, "InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '%s' does not exist" /* [guess] */

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
#define E_KmsNotSimulated 400, "UnsupportedOperationException", "%s"
#define E_KmsValidation 400, "ValidationException", "%s"
#define E_KmsTwoSpecs                                                                              \
    400, "ValidationException",                                                                    \
        "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. "               \
        "CustomerMasterKeySpec is deprecated." /* [guess] */
#define E_KmsNoUsage                                                                               \
    400, "ValidationException",                                                                    \
        "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys." /* [guess] */
#define E_KmsUsage 400, "ValidationException", "KeyUsage %s is not compatible with KeySpec %s" /* [guess] */
#define E_KmsAliasExists 400, "AlreadyExistsException", "An alias with the name %s already exists"
#define E_KmsAliasName                                                                             \
    400, "ValidationException",                                                                    \
        "1 validation error detected: Value '%s' at 'aliasName' failed to satisfy constraint: "    \
        "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"
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

/* ---- Volumes ---- */
#define E_VolumeNotFound 400, "InvalidVolume.NotFound", "The volume '%s' does not exist."
#define E_VolumeType                                                                               \
    400, "UnknownVolumeType", "Unsupported volume type '%s' for volume creation. "
#define E_VolumeNegative                                                                           \
    400, "InvalidParameterValue",                                                                  \
        "Value (%lld) for parameter %s is invalid. Value must be a positive integer."
#define E_VolumeNoThroughput                                                                       \
    400, "InvalidParameterCombination",                                                            \
        "The throughput parameter is not supported for %s volumes."
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
    400, "InvalidParameterValue",                                                                  \
        "Iops to volume size ratio of %.6f is too high; maximum is %lld"
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
#define E_MultiAttachUnnamed                                                                       \
    400, "InvalidParameterCombination",                                                            \
        "Volume '%s' is attached to more than one instance. Specify an instance." /* [guess] */
#define E_EbsCard                                                                                  \
    400, "InvalidParameterValue",                                                                  \
        "Value (%lld) for parameter ebsCardIndex is invalid. Instance type %s has one EBS card."
#define E_AttachmentNotFound                                                                       \
    400, "InvalidAttachment.NotFound",                                                             \
        "The volume %s is not attached to instance %s as device %s"
#define E_DetachRoot                                                                               \
    400, "IncorrectState", "Unable to detach root volume '%s' from instance '%s'"
#define E_VolumeToken                                                                              \
    400, "InvalidParameterValue",                                                                  \
        "Client token must be less than or equal to 64 characters."
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
#define E_VolumeSnapshotState 400, "IncorrectState", "Snapshot is in invalid state - %s"
#define E_VolumeEncryption                                                                         \
    400, "InvalidParameterCombination",                                                            \
        "EncryptedVolume parameter [false] is inconsistent with snapshot encryption state [true]"
#define E_VolumeKeyAlone                                                                           \
    400, "InvalidParameterDependency",                                                             \
        "The parameter [KmsKeyId] requires the parameter Encrypted to be set."
#define E_ZoneTwice                                                                                \
    400, "InvalidParameterCombination",                                                            \
        "AvailabilityZone and AvailabilityZoneId can't be used together. Specify only one of "     \
        "these parameters."
#define E_ZoneNotFound 400, "InvalidZone.NotFound", "The zone '%s' does not exist."

/* ---- Recycle Bin ---- */
#define E_RetentionRuleNotFound 404, "ResourceNotFoundException", "Rule %s does not exist" /* [guess] */
#define E_RetentionRuleLocked                                                                      \
    409, "ConflictException", "Rule %s is locked" /* [guess] */
#define E_RetentionRuleNotLocked                                                                   \
    409, "ConflictException", "Rule %s is not locked" /* [guess] */
#define E_RetentionRuleInvalid 400, "ValidationException", "%s" /* [guess] */

/* ---- SSM ---- */
#define E_ImageParameter                                                                           \
    400, "InvalidParameterValue",                                                                  \
        "Unable to resolve the Systems Manager parameter '%s'." /* [guess] */
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
#define E_SsmMuchTooLong                                                                           \
    400, "ValidationException",                                                                    \
        "Advanced tier parameters support a maximum parameter value of 8192 characters." /* [guess] */
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
#define E_SsmNotSimulated 400, "UnsupportedOperationException", "%s"

/* ---- STS ---- */
#define E_StsRoleArn 400, "ValidationError", "%s is invalid" /* [guess] */
#define E_StsChained                                                                               \
    400, "ValidationError",                                                                        \
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "     \
        "role chaining" /* [guess] */
#define E_StsSession                                                                               \
    403, "AccessDenied", "Cannot call GetSessionToken with session credentials" /* [guess] */

#endif
