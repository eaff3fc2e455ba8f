// The provider is built from the module proxy; its dependencies are those of go.sum.
module amisim/terraform

go 1.24

require github.com/terraform-providers/terraform-provider-aws v1.60.0
