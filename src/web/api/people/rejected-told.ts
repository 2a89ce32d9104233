import { isRowCode, sentenceFor, type RowTold } from '../../../people/index.ts';
import {
  BOOKING_IMPORTS,
  holdsBookings,
  bookingColumns,
  bookingSentence,
  namesIn,
} from '../../../reminders/index.ts';

/** The sentence of a row in the language of its reader, its columns under the headings of the file. */
export const toldRow: RowTold = ({ code, detail, facts }, { record, language }) => {
  if (facts === null) return detail;
  const { fields = [], reason } = facts;
  if (!holdsBookings(record.kind))
    return isRowCode(code) ? sentenceFor({ code, fields, reason }, language) : detail;
  const { headings = [] } = record.cursor;
  const columns = bookingColumns(BOOKING_IMPORTS[record.kind], headings, record.options.mapping);
  return bookingSentence({ code, fields: namesIn({ fields, headings, columns }, language) }, language);
};
