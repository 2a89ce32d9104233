import { CursorMissing, serveFiles } from './file-serving.ts';
import { readHeader } from './import-header.ts';
import { personRows, type HeaderOrder, type PeopleOrder, type PersonRow } from './people-file.ts';

serveFiles<HeaderOrder | PeopleOrder, PersonRow>({
  header: (order, { textFrom, reads }) => readHeader(textFrom, { ...order, reads }),
  rows: (order, file) => {
    if (!('cursor' in order)) throw new CursorMissing();
    return personRows(order, file);
  },
});
