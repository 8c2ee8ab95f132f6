# What a user of the modules meets, who has no replace.

# oldest_otel is the oldest OpenTelemetry that we promise to leave users on, and the
# versions of contrib that belong to it. Raised on purpose only, and told in
# CHANGELOG.md.
oldest_otel=v1.40.0
oldest_contrib=v0.65.0

# released are the folders of the modules that users fetch; the other modules are
# programs and tests of this repository.
released=". otelmem/memgrpc"

is_released() { [[ " $released " == *" $1 "* ]]; }

# consumers builds and runs a program outside, that uses every released module as
# fetched from a file proxy. Its own dependencies are the oldest that we support, and
# must stay so. Checksums of all modules but ours are verified.
consumers() {
	step "a program outside fetches the modules, and keeps the OpenTelemetry that it has"
	local version
	version=$(cd otelmem/memgrpc && go list -m -f '{{.Version}}' "$(module_in ../..)")
	(
		home=$(mktemp -d)
		trap 'rm -rf "$home"' EXIT
		fill_proxy "$home/proxy" "$version"
		cp -R .ci/consumer "$home/consumer"
		# A module cache of its own, since a version is fetched once for ever and ours
		# changes from run to run. What the usual cache has is copied from there.
		usual=$(go env GOMODCACHE)/cache/download
		GOPROXY="file://$home/proxy,file://$usual,$(go env GOPROXY)"
		GOMODCACHE=$home/modules
		GONOSUMDB=$(module_in .)
		GOFLAGS="-trimpath -modcacherw" # one build cache for all runs; rm may delete
		GOWORK=off
		export GOPROXY GOMODCACHE GONOSUMDB GOFLAGS GOWORK
		ours=$(for dir in $released; do printf '%s@%s ' "$(module_in "$dir")" "$version"; done)
		cd "$home/consumer"
		go mod init example.com/consumer
		go get \
			go.opentelemetry.io/otel/sdk@$oldest_otel \
			go.opentelemetry.io/otel/sdk/metric@$oldest_otel \
			go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc@$oldest_otel \
			go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc@$oldest_otel \
			go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp@$oldest_contrib
		before=$(modules_in_build)
		go get $ours
		go mod tidy
		raised=$(modules_in_build | grep -vxF "$before" | grep -F "$(printf '%s\n' "$before" | sed 's/ .*/ /')") || true
		[ -z "$raised" ] || fail "who fetches our modules is moved from the OpenTelemetry $oldest_otel of these to: $raised"
		go run .
	)
}

module_in() { (cd "$1" && go list -m); }

# modules_in_build prints what the build list has, a module and its version a line.
modules_in_build() { go list -m -f '{{if .Version}}{{.Path}} {{.Version}}{{end}}' all; }

# fill_proxy FOLDER VERSION lays the released modules out as a module proxy has them:
# the tracked files, with the changes not yet committed, less those of modules below.
fill_proxy() {
	local proxy=$1 version=$2 commit dir module
	commit=$(git stash create)
	for dir in $released; do
		module=$(module_in "$dir")
		mkdir -p "$proxy/$module/@v"
		printf '{"Version":"%s"}\n' "$version" >"$proxy/$module/@v/$version.info"
		cp "$dir/go.mod" "$proxy/$module/@v/$version.mod"
		(cd "$dir" && git archive --format=zip --prefix="$module@$version/" \
			-o "$proxy/$module/@v/$version.zip" "${commit:-HEAD}" . $(modules_below))
	done
}

# modules_below prints pathspecs that leave the modules below this folder out.
modules_below() { git ls-files '*/go.mod' | sed 's|\(.*\)/go.mod|:(exclude)\1|'; }
