# Checks that run no test.

# in_each_module runs a command in the folder of every module.
in_each_module() {
	local dir
	for dir in $modules; do
		printf '%s\n' "$dir"
		(cd "$dir" && "$@")
	done
}

build() {
	step "build"
	go build ./...
}

vet() {
	step "vet"
	go vet ./...
}

vet_on_other_systems() {
	local os
	for os in darwin windows; do
		step "vet for $os"
		GOOS=$os go vet ./...
	done
}

tidy() {
	step "every go.mod is tidy"
	in_each_module go mod tidy -diff
}

dependabot_knows_every_module() {
	step "dependabot knows every module"
	local dir
	for dir in $modules; do
		[ "$dir" = . ] && dir=
		grep -qxF "      - /$dir" .github/dependabot.yml ||
			fail ".github/dependabot.yml lacks the module /$dir: add it to the directories of gomod"
	done
}

# generated_files compares with the files as they were before, so that changes not
# yet committed do not count.
generated_files() {
	step "generated files are what go generate writes"
	local before dir
	before=$(git stash create) # a commit of the changed files, beside all branches; empty where nothing changed
	for dir in $modules; do
		(cd "$dir" && go generate ./...)
	done
	git --no-pager diff --exit-code "${before:-HEAD}" -- ||
		fail "go generate has just changed the files above: commit them"
}

lint() {
	step "lint"
	in_each_module "$(path_of "$golangci_lint")" run --allow-parallel-runners ./...
}

lint_if_installed() {
	step "lint"
	local linter
	linter=$(path_of "$golangci_lint")
	if [ -x "$linter" ]; then
		"$linter" run ./...
	else
		echo "golangci-lint is not installed, so go vet has to do; .ci/run tools installs it."
	fi
}

# known_vulnerabilities judges our code with the newest dependencies: the lowest that
# we require are a floor, and whoever builds a program chooses what it has. It fails
# on findings (status 3), and on every error but one: the database is not on the
# module proxy, and some networks have only that.
known_vulnerabilities() {
	step "known vulnerabilities"
	local checker dir output status tree modfile
	checker=$(path_of "$govulncheck")
	tree=$(mktemp -d) # a copy, since govulncheck takes no -modfile
	git ls-files -z | xargs -0 cp --parents -t "$tree"
	for dir in $modules; do
		if is_released "$dir"; then
			modfile=$(newest_modfile "$dir")
			cp "$modfile" "$tree/$dir/go.mod"
			cp "${modfile%.mod}.sum" "$tree/$dir/go.sum"
		fi
		status=0
		output=$(cd "$tree/$dir" && "$checker" ./... 2>&1) || status=$?
		if [ "$status" = 1 ] && [[ $output == *"fetching vulnerabilities"* ]]; then
			echo "The vulnerability database cannot be reached from here: nothing was checked."
			break
		fi
		printf '%s\n%s\n' "$dir" "$output"
		[ "$status" = 0 ] || fail "govulncheck in $dir ended with status $status"
	done
	rm -rf "$tree"
}

# public_api compares with the newest release behind this commit. Before v1 gorelease
# accepts an incompatible change and suggests the minor version that it needs.
public_api() {
	step "the public API since the last release"
	local module release
	module=$(go list -m)
	release=$(git tag --merged HEAD --sort=-version:refname --list 'v*' | grep -xE 'v[0-9]+\.[0-9]+\.[0-9]+' | sed -n 1p) || true
	if [ -z "$release" ]; then
		echo "There is no release to compare with."
	elif [ -n "$(git status --porcelain)" ]; then
		echo "gorelease compares commits, and there are changes that are not committed: nothing was compared."
	elif ! (cd / && go mod download "$module@$release"); then
		echo "$release cannot be had from the module proxy: nothing was compared."
	else
		"$(path_of "$gorelease")" -base="$release"
	fi
}
