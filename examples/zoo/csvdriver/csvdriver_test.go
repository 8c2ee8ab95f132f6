package csvdriver_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"example.com/csvdriver"
)

func TestAQueryReadsAFileOfTheFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "fruit.csv"), []byte("1,apple\n2,\"pear, green\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(csvdriver.Folder(dir))
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), "fruit.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var id int
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if want := []string{"apple", "pear, green"}; !slices.Equal(names, want) {
		t.Errorf("names %q, want %q", names, want)
	}
}

func TestWhatIsOutsideTheFolderIsNotRead(t *testing.T) {
	db := sql.OpenDB(csvdriver.Folder(t.TempDir()))
	defer db.Close()
	if rows, err := db.QueryContext(t.Context(), "../secret.csv"); err == nil {
		_ = rows.Close()
		t.Error("a file outside the folder was read")
	}
}
