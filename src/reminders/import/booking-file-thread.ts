import { CursorMissing, serveFiles } from '../../reading/index.ts';
import {
  bookedRows,
  readBookingHeader,
  type BookedRow,
  type BookingOrder,
  type BookingFile,
} from './booking-file.ts';

serveFiles<BookingFile | BookingOrder, BookedRow>({
  header: (order, { textFrom, reads }) => readBookingHeader(textFrom, { ...order, reads }),
  rows: (order, file) => {
    if (!('cursor' in order)) throw new CursorMissing();
    return bookedRows(order, file);
  },
});
