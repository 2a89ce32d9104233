import { CursorMissing, serveFiles, readHeader, type HeaderOrder } from '../../reading/index.ts';
import { personRows, type PeopleOrder, type PersonRow } from './people-file.ts';

serveFiles<HeaderOrder | PeopleOrder, PersonRow>({
  header: (order, { textFrom, reads }) => readHeader(textFrom, { ...order, reads }),
  rows: (order, file) => {
    if (!('cursor' in order)) throw new CursorMissing();
    return personRows(order, file);
  },
});
