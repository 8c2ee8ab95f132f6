// Package service is the program that each case runs in: an instrumented web
// service with the case's routes and jobs, beside innocents.
package service
