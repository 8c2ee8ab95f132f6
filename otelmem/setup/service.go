package setup

import (
	"os"
	"path/filepath"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/sdk/resource"
	semconv "go.opentelemetry.io/otel/semconv/v1.39.0"
)

// withService names the service where nobody else does, and this process among its
// instances, as resource.WithService does: only SDKs from v1.43.0 on have that.
func withService() resource.Option {
	return resource.WithAttributes(
		semconv.ServiceName("unknown_service:"+filepath.Base(os.Args[0])),
		semconv.ServiceInstanceID(uuid.NewString()))
}
