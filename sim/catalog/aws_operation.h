/* What AWS's services can do, by name: which operations there are that this simulator has not. */
#ifndef CATALOG_AWS_OPERATION_H
#define CATALOG_AWS_OPERATION_H

#include <stdbool.h>

/* Whether the service ("ec2", "kms") has an operation of that name at AWS. Reads a list from its
 * beginning: for refusals. */
bool aws_operation_exists(const char *service, const char *name);

#endif
