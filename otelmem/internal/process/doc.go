// Package process follows the memory of the process as a whole: its history, and
// when it reaches the limit.
package process
