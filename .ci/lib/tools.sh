# The tools of the checks: pinned here, installed once for each version of Go.

golangci_lint=github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
govulncheck=golang.org/x/vuln/cmd/govulncheck@v1.9.0
gorelease=golang.org/x/exp/cmd/gorelease@v0.0.0-20261113113407-e3970619a1a4

# path_of says where the tool PACKAGE@VERSION lies once it is installed.
path_of() {
	local name=${1%@*} version=${1#*@}
	name=${name##*/}
	printf '%s/otelmem-ci/%s-%s-%s/%s' "${XDG_CACHE_HOME:-$HOME/.cache}" "$name" "$version" "$(go env GOVERSION)" "$name"
}

install_tools() {
	step "tools"
	local tool path
	for tool in "$golangci_lint" "$govulncheck" "$gorelease"; do
		path=$(path_of "$tool")
		if [ ! -x "$path" ]; then
			GOBIN=$(dirname "$path") go install "$tool"
		fi
		printf '%s\n' "$tool"
	done
}
