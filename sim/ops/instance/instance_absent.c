/* What EC2 can have beside instances and nothing here makes: the lists that tools ask for, always
 * empty. */
#include "call/errors.h"
#include "call/op.h"
#include "ops/describe.h"

/* ---- DescribeExportTasks ---- */

static const struct param describe_export_tasks_params[] = {
    { "ExportTaskId", TEXTS(struct listing, ids) },
    { "Filter", IGNORED(LIST, "there are no tasks to choose from") },
    { 0 },
};

NONE_HERE(export_task, "exportTaskSet", "exportTaskIds", { .unpaged = true }, E_ExportTaskNotFound,
          { 0 });

LISTS(ec2, DescribeExportTasks, describe_export_tasks_params, export_task_list,
      .flags = OP_NO_DRYRUN, .errors = "InvalidExportTaskID.NotFound");

/* ---- DescribeConversionTasks ---- */

static const struct param describe_conversion_tasks_params[] = {
    { "ConversionTaskId", TEXTS(struct listing, ids) },
    { 0 },
};

NONE_HERE(conversion_task, "conversionTasks", "conversionTaskIds", { .unpaged = true },
          E_ConversionTaskNotFound, { 0 });

LISTS(ec2, DescribeConversionTasks, describe_conversion_tasks_params, conversion_task_list,
      .errors = "InvalidConversionTaskId.Malformed");

/* ---- DescribeFpgaImages ---- */

static const struct param describe_fpga_images_params[] = {
    { "FpgaImageId", TEXTS(struct listing, ids) },
    { "Owner", IGNORED(TEXTS, "nobody has an FPGA image") },
    { "Filter", FILTERS(struct listing, filters) },
    PAGING(struct listing, page),
    { 0 },
};

NONE_HERE(fpga_image, "fpgaImageSet", "fpgaImageIds", { 0 }, E_FpgaImageNotFound, NO_SUCH_TAG,
          NO_SUCH("create-time"), NO_SUCH("fpga-image-id"), NO_SUCH("fpga-image-global-id"),
          NO_SUCH("name"), NO_SUCH("owner-id"), NO_SUCH("product-code"), NO_SUCH("shell-version"),
          NO_SUCH("state"), NO_SUCH("update-time"), { 0 });

LISTS(ec2, DescribeFpgaImages, describe_fpga_images_params, fpga_image_list,
      .errors = "InvalidFpgaImageID.NotFound InvalidParameterCombination");

/* ---- DescribeSpotInstanceRequests ---- */

static const struct param describe_spot_instance_requests_params[] = {
    { "SpotInstanceRequestId", TEXTS(struct listing, ids) },
    { "Filter", FILTERS(struct listing, filters) },
    PAGING(struct listing, page),
    { 0 },
};

NONE_HERE(spot_instance_request, "spotInstanceRequestSet", "spotInstanceRequestIds", { .least = 1 },
          E_SpotRequestNotFound, NO_SUCH_TAG, NO_SUCH("availability-zone-group"),
          NO_SUCH("create-time"), NO_SUCH("fault-code"), NO_SUCH("fault-message"),
          NO_SUCH("instance-id"), NO_SUCH("launch-group"),
          NO_SUCH("launch.block-device-mapping.delete-on-termination"),
          NO_SUCH("launch.block-device-mapping.device-name"),
          NO_SUCH("launch.block-device-mapping.snapshot-id"),
          NO_SUCH("launch.block-device-mapping.volume-size"),
          NO_SUCH("launch.block-device-mapping.volume-type"), NO_SUCH("launch.group-id"),
          NO_SUCH("launch.group-name"), NO_SUCH("launch.image-id"), NO_SUCH("launch.instance-type"),
          NO_SUCH("launch.kernel-id"), NO_SUCH("launch.key-name"),
          NO_SUCH("launch.monitoring-enabled"), NO_SUCH("launch.ramdisk-id"),
          NO_SUCH("launched-availability-zone"), NO_SUCH("launched-availability-zone-id"),
          NO_SUCH("network-interface.addresses.primary"),
          NO_SUCH("network-interface.delete-on-termination"),
          NO_SUCH("network-interface.description"), NO_SUCH("network-interface.device-index"),
          NO_SUCH("network-interface.group-id"), NO_SUCH("network-interface.network-interface-id"),
          NO_SUCH("network-interface.private-ip-address"), NO_SUCH("network-interface.subnet-id"),
          NO_SUCH("product-description"), NO_SUCH("spot-instance-request-id"),
          NO_SUCH("spot-price"), NO_SUCH("state"), NO_SUCH("status-code"),
          NO_SUCH("status-message"), NO_SUCH("type"), NO_SUCH("valid-from"), NO_SUCH("valid-until"),
          { 0 });

LISTS(ec2, DescribeSpotInstanceRequests, describe_spot_instance_requests_params,
      spot_instance_request_list,
      .errors = "InvalidSpotInstanceRequestID.NotFound InvalidParameterCombination");

/* ---- DescribeCapacityReservations ---- */

static const struct param describe_capacity_reservations_params[] = {
    { "CapacityReservationId", TEXTS(struct listing, ids) },
    { "Filter", FILTERS(struct listing, filters) },
    PAGING(struct listing, page),
    { 0 },
};

NONE_HERE(capacity_reservation, "capacityReservationSet", "capacityReservationIds", { .least = 1 },
          E_CapacityReservationNotFound, NO_SUCH_TAG, NO_SUCH("instance-type"), NO_SUCH("owner-id"),
          NO_SUCH("instance-platform"), NO_SUCH("availability-zone"), NO_SUCH("tenancy"),
          NO_SUCH("outpost-arn"), NO_SUCH("state"), NO_SUCH("start-date"), NO_SUCH("end-date"),
          NO_SUCH("end-date-type"), NO_SUCH("instance-match-criteria"),
          NO_SUCH("placement-group-arn"), { 0 });

LISTS(ec2, DescribeCapacityReservations, describe_capacity_reservations_params,
      capacity_reservation_list,
      .errors = "InvalidCapacityReservationId.NotFound InvalidParameterCombination");
