/* Errors about instances, launches and the network; a part of call/errors.h, which says how to read
 * it. */
#ifndef CALL_ERRORS_INSTANCE_H
#define CALL_ERRORS_INSTANCE_H

/* ---- Instances ---- */
#define E_InstanceNotStopped                                                                       \
    400, "IncorrectInstanceState", "The instance '%s' is not in the 'stopped' state."
#define E_InstanceTerminated                                                                       \
    400, "IncorrectInstanceState",                                                                 \
        "The instance '%s' is not in a state from which its attributes "                           \
        "can be modified." /* [guess] */
#define E_InstanceTypeValue                                                                        \
    400, "InvalidInstanceAttributeValue", "Invalid value '%s' for InstanceType." /* [guess] */
#define E_InstanceEna                                                                              \
    400, "InvalidParameterCombination",                                                            \
        "Enhanced networking with the Elastic Network Adapter (ENA) is required for "              \
        "the '%s' instance type. Ensure that your instance is enabled for ENA."
#define E_ManyInterfaces                                                                           \
    400, "InvalidInstanceID",                                                                      \
        "There are multiple interfaces attached to instance '%s'. Please specify an interface ID " \
        "for the operation instead."
#define E_InstanceNoDevice                                                                         \
    400, "InvalidInstanceAttributeValue", "No device is currently mapped at %s"
#define E_AssociationNotFound                                                                      \
    400, "InvalidAssociationID.NotFound",                                                          \
        "An invalid association-id of '%s' was given" /* [guess] */
#define E_InstanceTypesUnknown                                                                     \
    400, "InvalidInstanceType", "The following supplied instance types do not exist: [%s]"
#define E_InstanceNotFound 400, "InvalidInstanceID.NotFound", "The instance ID '%s' does not exist"
#define E_InstancesNotFound 400, "InvalidInstanceID.NotFound", "The instance IDs '%s' do not exist"
#define E_InstanceNotUefi                                                                          \
    400, "InvalidParameterValue",                                                                  \
        "Invalid value '%s' for instanceId. The instance does not boot by UEFI." /* [guess] */
#define E_InstanceNoStart                                                                          \
    400, "IncorrectInstanceState",                                                                 \
        "The instance '%s' is not in a state from which it can be started."
#define E_InstanceNoStop                                                                           \
    400, "IncorrectInstanceState",                                                                 \
        "This instance '%s' is not in a state from which it can be stopped."
#define E_InstanceStoreStop /* [guess] */                                                          \
    400, "UnsupportedOperation",                                                                   \
        "The instance '%s' does not have an 'ebs' root device type and cannot be stopped."
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
#define E_OptInRequired                                                                            \
    401, "OptInRequired",                                                                          \
        "In order to use this AWS Marketplace product you need to accept terms and subscribe. To " \
        "do so please visit https://aws.amazon.com/marketplace/pp?sku=%s" /* [seen] */
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
#define E_LaunchUefi                                                                               \
    400, "InvalidParameterValue",                                                                  \
        "The %s instance type does not support an AMI with a boot mode of UEFI. Only instance "    \
        "types built on the Nitro System support UEFI. Specify an instance type that supports "    \
        "UEFI, and try again."
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
#define E_LaunchThreads /* [guess] */                                                              \
    400, "InvalidParameterValue",                                                                  \
        "The specified ThreadsPerCore of %lld is not supported for this instance type."
#define E_LaunchEd25519                                                                            \
    400, "Unsupported",                                                                            \
        "ED25519 key pairs are not supported with Windows AMIs. Choose a different key pair type " \
        "and try again."
#define E_TokensEnforced                                                                           \
    400, "UnsupportedOperation",                                                                   \
        "You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for this "   \
        "account. Either launch the instance with httpTokens=required or contact your account "    \
        "owner to disable httpTokensEnforced using the ModifyInstanceMetadataDefaults API or the " \
        "account settings in the EC2 console."
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
    400, "UnsupportedOperation", "EBS block device mappings not supported for instance-store AMIs."
#define E_MappingEncrypted                                                                         \
    400, "InvalidBlockDeviceMapping",                                                              \
        "the encrypted flag cannot be specified since device %s has a snapshot specified."
#define E_MappingKey                                                                               \
    400, "InvalidParameterDependency",                                                             \
        "The parameter KmsKeyId requires the parameter Encrypted to be set."

/* ---- Network ---- */
#define E_VpcRange 400, "InvalidVpc.Range", "The CIDR '%s' is invalid."
#define E_VpcInUse                                                                                 \
    400, "DependencyViolation", "The vpc '%s' has dependencies and cannot be deleted."
#define E_SubnetRange 400, "InvalidSubnet.Range", "The CIDR '%s' is invalid."
#define E_SubnetConflict                                                                           \
    400, "InvalidSubnet.Conflict", "The CIDR '%s' conflicts with another subnet"
#define E_SubnetInUse                                                                              \
    400, "DependencyViolation", "The subnet '%s' has dependencies and cannot be deleted."
#define E_GroupDefaultVpcName                                                                      \
    400, "InvalidGroup.NotFound", "The security group '%s' does not exist in default VPC '%s'"
#define E_GroupDuplicate                                                                           \
    400, "InvalidGroup.Duplicate", "The security group '%s' already exists for VPC '%s'"
#define E_GroupReserved                                                                            \
    400, "InvalidGroup.Reserved", "The security group '%s' is reserved" /* [guess] */
#define E_GroupNamePrefix                                                                          \
    400, "InvalidParameterValue",                                                                  \
        "Value (%s) for parameter GroupName is invalid. Group names may not be in the "            \
        "format sg-*."
#define E_GroupTextAscii                                                                           \
    400, "InvalidParameterValue",                                                                  \
        "Value (%s) for parameter %s is invalid. Character sets beyond ASCII are not "             \
        "supported."
#define DESCRIPTION_RULE                                                                           \
    "Valid descriptions are strings less than 256 characters from the following set:  "            \
    "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
#define E_GroupDescription                                                                         \
    400, "InvalidParameterValue", "Invalid security group description. " DESCRIPTION_RULE
#define E_RuleDescription                                                                          \
    400, "InvalidParameterValue", "Invalid rule description. " DESCRIPTION_RULE
#define E_GroupName                                                                                \
    400, "InvalidParameterValue",                                                                  \
        "Invalid security group name. Valid names are non-empty strings less than 256 characters " \
        "from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*" /* [guess] */
#define E_GroupReservedInVpc                                                                       \
    400, "InvalidParameterValue", "Cannot use reserved security group name: %s"
#define E_GroupIdAndName                                                                           \
    400, "InvalidParameterCombination",                                                            \
        "The parameters groupId and groupName name two groups" /* [guess] */
#define E_GroupInUse 400, "DependencyViolation", "resource %s has a dependent object"
#define E_GroupDefaultStays                                                                        \
    400, "CannotDelete", "the specified group: \"%s\" name: \"default\" cannot be deleted by a user"
#define E_GroupOtherNetwork                                                                        \
    400, "InvalidGroup.NotFound",                                                                  \
        "You have specified two resources that belong to different networks."
#define E_RuleProtocol                                                                             \
    400, "InvalidParameterValue", "Invalid value '%s' for IP protocol. Unknown protocol."
#define E_RulePorts                                                                                \
    400, "InvalidParameterValue",                                                                  \
        "Invalid value for portRange. Must specify both from and to ports with %s."
#define E_RulePortRange                                                                            \
    400, "InvalidParameterValue",                                                                  \
        "Invalid value '%lld - %lld' for portRange. The port range is "                            \
        "not valid." /* [guess] */
#define E_RuleCidr 400, "InvalidParameterValue", "CIDR block %s is malformed"
#define E_RuleIcmp                                                                                 \
    400, "InvalidParameterValue",                                                                  \
        "Invalid value for portRange. All ICMP types have all codes." /* [guess] */
#define E_RuleForms                                                                                \
    400, "InvalidParameterCombination",                                                            \
        "The parameter '%s' may not be used in combination with '%s'" /* [guess] */
#define E_RuleNoPeer                                                                               \
    400, "MissingParameter", "Source or destination of a rule must be specified" /* [guess] */
#define E_RuleDuplicate                                                                            \
    400, "InvalidPermission.Duplicate", "the specified rule \"%s\" already exists"
#define E_RuleAbsent                                                                               \
    400, "InvalidPermission.NotFound", "The specified rule does not exist in this security group."
#define E_PrefixListNotFound                                                                       \
    400, "InvalidPrefixListID.NotFound", "The prefix list ID '%s' does not exist"
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
#define E_GroupNameNotFound /* [guess] */                                                          \
    400, "InvalidGroup.NotFound", "The security group '%s' does not exist in VPC '%s'"
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
#define E_AddressNotFound 400, "InvalidAddress.NotFound", "Address '%s' not found."
#define E_AllocationNotFound                                                                       \
    400, "InvalidAllocationID.NotFound", "The allocation ID '%s' does not exist"
#define E_InterfaceCard                                                                            \
    400, "InvalidParameterValue",                                                                  \
        "The network card index %lld is not available for this instance type" /* [guess] */
#define E_InterfaceIndexTwice                                                                      \
    400, "InvalidParameterValue", "Device index %s is specified more than once" /* [guess] */
#define E_InterfaceNoFirst                                                                         \
    400, "InvalidParameterCombination",                                                            \
        "A primary network interface with device index 0 must be specified" /* [guess] */
#define E_InterfaceLimit /* [guess] */                                                             \
    400, "AttachmentLimitExceeded", "Interface count exceeds the limit of %lld for %s"
#define E_AddressForMany                                                                           \
    400, "InvalidParameterCombination",                                                            \
        "A private IP address cannot be specified for more than one instance" /* [guess] */
#define E_AddressOutside                                                                           \
    400, "InvalidParameterValue", "Address does not fall within the subnet's address range"
#define E_AddressInUse 400, "InvalidIPAddress.InUse", "Address %s is in use."
#define E_NoFreeAddress                                                                            \
    400, "InsufficientFreeAddressesInSubnet",                                                      \
        "The specified subnet does not have enough free addresses to satisfy the request."
#define E_RuleNotFound                                                                             \
    400, "InvalidSecurityGroupRuleId.NotFound",                                                    \
        "The security group rule ID '%s' does not exist" /* [guess] */

/* ---- Key pairs ---- */
#define E_KeyNameLength                                                                            \
    400, "InvalidParameterValue",                                                                  \
        "Value for parameter KeyName is invalid. Length exceeds maximum of 255."
#define E_KeyNameAscii                                                                             \
    400, "InvalidParameterValue",                                                                  \
        "Value for parameter KeyName is invalid. Character sets beyond ASCII are not "             \
        "supported."
#define E_KeyNameControl 400, "InvalidParameterValue", "Value for parameter %s is invalid. KeyName"
#define E_KeyTypeChoice                                                                            \
    400, "InvalidParameterValue",                                                                  \
        "1 validation error detected: Value '%s' at 'keyType' failed to satisfy "                  \
        "constraint: Member must satisfy enum value set: [rsa, ed25519]"
#define E_KeyFormatChoice                                                                          \
    400, "InvalidParameterValue",                                                                  \
        "1 validation error detected: Value '%s' at 'keyFormat' failed to satisfy "                \
        "constraint: Member must satisfy enum value set: [ppk, pem]"
#define E_KeyPairDuplicate 400, "InvalidKeyPair.Duplicate", "The keypair already exists"
#define E_KeyPairLimit                                                                             \
    400, "KeyPairLimitExceeded", "Maximum number of key pairs reached: %lld" /* [guess] */
#define E_KeyMaterial 400, "InvalidKey.Format", "Key is not in valid OpenSSH public key format"
#define E_KeyPairIdNotFound                                                                        \
    400, "InvalidKeyPair.NotFound", "The key pair ID '%s' does not exist" /* [guess] */
#define E_InvalidValueOnly 400, "InvalidParameterValue", "Invalid value '%s' for %s."
#define E_KeyNameAndId                                                                             \
    400, "InvalidParameterCombination",                                                            \
        "The parameter 'keyPairId' may not be used in combination with 'keyName'"

/* ---- Launch templates ---- */
#define E_TemplateIdAndName                                                                        \
    400, "InvalidParameterCombination",                                                            \
        "Either provide launch template ID or launch template name to modify the "                 \
        "template."
#define E_TemplateMissing                                                                          \
    400, "MissingParameter",                                                                       \
        "Either a launch template ID or a launch template name must be specified "                 \
        "in the request." /* [guess] */
#define E_TemplateNotFound                                                                         \
    400, "InvalidLaunchTemplateId.NotFound",                                                       \
        "The specified launch template, with template ID %s, does not exist."
#define E_TemplateNameNotFound                                                                     \
    400, "InvalidLaunchTemplateName.NotFoundException",                                            \
        "The specified launch template, with template name %s, does not exist."
#define E_TemplatesNotFound                                                                        \
    400, "InvalidLaunchTemplateId.NotFound",                                                       \
        "At least one of the launch templates specified in the request does not exist."
#define E_TemplateNameUsed                                                                         \
    400, "InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use."
#define E_TemplateNameShape                                                                        \
    400, "InvalidLaunchTemplateName.MalformedException",                                           \
        "A launch template name must be between 3 and 128 characters, and may contain "            \
        "letters, numbers, and the following characters: - ( ) . / _."
#define E_TemplateVersionValue                                                                     \
    400, "InvalidParameterValue",                                                                  \
        "Invalid launch template version: either '$Default', '$Latest', or a numeric "             \
        "version are allowed."
#define E_TemplateVersionNotFound                                                                  \
    400, "InvalidLaunchTemplateId.VersionNotFound",                                                \
        "Could not find the specified version %s for the launch template with ID %s."
#define E_TemplateToken 400, "IdempotentParameterMismatch", "Client token already used before."
#define E_TemplateVersionToken                                                                     \
    400, "IdempotentParameterMismatch", "Client token already used before"
#define E_TemplateModifyToken                                                                      \
    400, "IdempotentParameterMismatch", "The specified client token has already been used before."
#define E_TemplateImageId                                                                          \
    400, "InvalidAMIID.Malformed",                                                                 \
        "The image ID '%s' is not valid. The expected format is ami-xxxxxxxx or "                  \
        "ami-xxxxxxxxxxxxxxxxx."
#define E_TemplateUserData 400, "InvalidUserData.Malformed", "Invalid BASE64 encoding of user data."
#define E_TemplateNoDefault                                                                        \
    400, "MissingParameter",                                                                       \
        "A launch template version must be specified to set the new default version "              \
        "for the template with ID %s."
#define E_TemplateVersionNumber 400, "InvalidParameterValue", "Invalid value for version: %s"
#define E_TemplateDefaultStays                                                                     \
    400, "InvalidParameterValue",                                                                  \
        "The default version cannot be deleted. Set another version as the default "               \
        "and try again." /* [guess] */
#define E_TemplateMixed                                                                            \
    400, "InvalidParameterCombination",                                                            \
        "Minimum version filter is not applicable when given a list of versions."
#define E_TemplateSelectors                                                                        \
    400, "MissingParameter",                                                                       \
        "The request must contain either launch template versions, or a launch "                   \
        "template ID or name" /* [guess] */

#endif
