// Finds an account by name or address, whoever it is.
import { useState } from "preact/hooks";
import type { AdminUser } from "../../../../sdk/index.ts";
import { SearchField } from "../../ui/search-field.tsx";
import { PersonRow } from "../people/person-row.tsx";
import { UserMarks } from "./chips.tsx";
import { PagedList, usePages } from "./pages.tsx";
import type { AdminView } from "./section.ts";

const SEARCH_DELAY_MS = 250;

interface PersonPickerProps extends Pick<AdminView, "admin"> {
  onPick: (user: AdminUser) => void;
}

export function PersonPicker({ admin, onPick }: PersonPickerProps) {
  const [query, setQuery] = useState("");
  const wanted = query.trim();
  const pages = usePages<AdminUser>(
    wanted,
    (cursor) => admin.listUsers(wanted ? { query: wanted } : {}, cursor),
    wanted ? SEARCH_DELAY_MS : 0,
  );
  return (
    <div class="pick">
      <SearchField label="Search by username or e-mail" autofocus value={query} onChange={setQuery} />
      <PagedList
        pages={pages}
        label="People"
        empty={{ icon: "people", title: "Nobody found" }}
        row={(user) => (
          <PersonRow
            key={user.id}
            person={user}
            size="small"
            mark={<UserMarks user={user} />}
            onOpen={() => onPick(user)}
          />
        )}
      />
    </div>
  );
}
