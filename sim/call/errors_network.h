/* Errors of what surrounds VPCs, and of what never is here; a part of call/errors.h. */
#ifndef CALL_ERRORS_NETWORK_H
#define CALL_ERRORS_NETWORK_H

#define E_RouteTableNotFound                                                                       \
    400, "InvalidRouteTableID.NotFound", "The routeTable ID '%s' does not exist"
#define E_NetworkAclNotFound                                                                       \
    400, "InvalidNetworkAclID.NotFound", "The networkAcl ID '%s' does not exist"
#define E_InternetGatewayNotFound                                                                  \
    400, "InvalidInternetGatewayID.NotFound", "The internetGateway ID '%s' does not exist"
#define E_DhcpOptionsNotFound                                                                      \
    400, "InvalidDhcpOptionID.NotFound", "The dhcpOption ID '%s' does not exist"
#define E_VpcEndpointNotFound                                                                      \
    400, "InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '%s' does not exist"
#define E_VpcPeeringNotFound                                                                       \
    400, "InvalidVpcPeeringConnectionID.NotFound", "The vpcPeeringConnection ID '%s' does not exist"
#define E_FlowLogNotFound                                                                          \
    400, "InvalidFlowLogId.NotFound", "The flow log ID '%s' does not exist" /* text [guess] */
#define E_NatGatewayNotFound 400, "NatGatewayNotFound", "NAT gateway %s was not found"
#define E_ConversionTaskNotFound /* text [guess] */                                                \
    400, "InvalidConversionTaskId.Malformed", "The conversion task ID '%s' does not exist"
#define E_FpgaImageNotFound 400, "InvalidFpgaImageID.NotFound", "Image ID '%s' not found."
#define E_SpotRequestNotFound                                                                      \
    400, "InvalidSpotInstanceRequestID.NotFound", "The spot instance request ID '%s' does not exist"
#define E_CapacityReservationNotFound /* text [guess] */                                           \
    400, "InvalidCapacityReservationId.NotFound", "The capacity reservation '%s' does not exist"

#endif
