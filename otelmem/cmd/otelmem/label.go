package main

import (
	"github.com/spf13/cobra"

	"github.com/otelmem/otelmem-go/dump"
)

func newLabel() *cobra.Command {
	return &cobra.Command{
		Use:   "label IN OUT",
		Short: "Copy a heap profile that was written raw, with category and operation on its samples",
		Long: `label copies a heap profile with the labels "category" and "operation", by which
go tool pprof groups and focuses. Profiles are written raw where memory is near
its limit. The metadata file (.json) must lie beside IN; OUT can be IN.`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: profiles,
		RunE:              func(_ *cobra.Command, args []string) error { return dump.Label(args[0], args[1]) },
	}
}
