package appframe

// Site is a line of code that allocates.
type Site struct {
	Function string
	File     string
	Line     int
}
