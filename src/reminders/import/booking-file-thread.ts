import { serveFiles } from '../../people/import/file-serving.ts';
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
    if (!('cursor' in order)) throw new Error('rows cannot be read with the order of a header');
    return bookedRows(order, file);
  },
});
