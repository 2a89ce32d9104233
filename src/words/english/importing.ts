import type { Translation } from '../translation.ts';
import type { importing as french } from '../french/importing.ts';

/** Faults of a file or of its rows. */
export const englishImporting: Translation<typeof french> = {
  tooManyFiles: 'Too many files are read at once: send this one again in a moment.',
  foreign: {
    sentence: ({ kind, cure }) =>
      `Found: ${kind}. Expected: a CSV file, text with one line a person below a line of headings. ${cure}`,
    kinds: {
      xlsx: 'an Excel workbook (.xlsx)',
      xls: 'an old Excel workbook (.xls), or one locked by a password',
      'xml-workbook': 'an Excel workbook in XML',
      ods: 'a LibreOffice workbook (.ods)',
      numbers: 'a workbook of Apple’s Numbers',
      html: 'a web page, which some software names .xls',
      docx: 'a Word document (.docx)',
      rtf: 'an RTF document',
      pdf: 'a PDF',
      picture: 'a picture or a film',
      gzip: 'a gzip within a gzip',
      archive: 'an archive (zip, 7z, rar…)',
      json: 'JSON',
      xml: 'XML',
      vcard: 'visiting cards (.vcf)',
      calendar: 'a calendar (.ics)',
      database: 'a database',
      binary: 'a file that is no text',
    },
    cures: {
      sheet:
        'In Excel: File, Save As, type "CSV UTF-8 (comma delimited)". In LibreOffice: File, Save As, type "Text CSV". Send the file that comes of it.',
      document:
        'Export the list as CSV from the software that keeps it; a picture or a page does not hold its cells.',
      archive: 'Unpack it and send the CSV that it holds, as it is or packed once by gzip (.csv.gz).',
      data: 'Export the list as CSV from the software that made this file.',
    },
  },
  failures: {
    FILE_EMPTY: 'The file holds no row.',
    HEADER_UNREADABLE: 'The line of headings cannot be read.',
    TOO_MANY_COLUMNS: 'The file has too many columns.',
    PHONE_COLUMN_MISSING: 'No column is known to hold the numbers.',
    REFERENCE_COLUMN_MISSING: 'No column is known to hold the references.',
    START_COLUMN_MISSING: 'No column is known to hold the date and the hour.',
    MAPPED_COLUMN_MISSING: 'A column that mapping names is not in the file.',
    ROW_STOPS_READER: 'A row of the file stops its reading.',
  },
  expected: {
    fewerColumns: ({ line, columns, most }) =>
      `Line ${line} has ${columns}; ${most} at most are read. Keep those that are needed, and send the file again.`,
    mapped: ({ headings }) =>
      `Expected among them: ${headings}. Correct these headings in mapping, or take them out, and send the file again.`,
    rows: 'Expected: a line of headings, then one line a person. Look at the export that made it, and send it again.',
    closedQuote: ({ line }) =>
      `Line ${line} opens a quote (") that nothing closes, or is longer than headings are. Expected: headings such as telephone;prenom;nom. Repair that line, and send the file again.`,
    phoneHeading:
      'Expected: a heading such as telephone, portable, mobile or phone. Rename yours, or name it: ?mapping={"Your heading":"phone"}.',
    referenceHeading:
      'Expected: a heading such as reference, ref or externalId. Rename yours, or name it: ?mapping={"Your heading":"externalId"}.',
    startHeading:
      'Expected: a heading such as startsAt, or two, such as Date and Time. Rename yours, or name them: ?mapping={"Your heading":"startsAt"}.',
  },
  more: 'more',
  some: 'some',
  columnsFound: ({ columns, line, told: found, otherwise }) =>
    `Found: ${columns} headings on line ${line}. ${found}${otherwise}`,
  missing: ({ missing }) => `Missing: ${missing}. `,
  notUnderstood: ({ unknown }) => `Columns not understood: ${unknown}. `,
  heading: ({ heading }) => `"${heading}"`,
  bytesRead: ({ bytes }) => `${bytes} bytes of it were read`,
  endlessFirstLine: ({ long, longest }) =>
    `The first line does not end, or far too late: ${long}. Expected: a line of headings, of ${longest} bytes at most, then one line a person. It is no CSV, or a quote (") was left open in it, or it has too many columns: save the list as CSV again, and send that.`,
  endlessLine: ({ line, long, longest }) =>
    `Line ${line} does not end: ${long}. Expected: one line a person, of ${longest} bytes at most. Look for a quote (") that is open on line ${line} or on the one before; otherwise save the list as CSV again, and send that.`,
  stoppedAt: ({ line }) =>
    `Reading stopped several times, the last time at line ${line}. What this report counts is kept; the rest is not read. Correct or remove that line, send the file again, then cancel this import.`,
  headingsElsewhere: ({ line, headingsAt }) =>
    `Headings were expected on line ${line}, and seem to stand on line ${headingsAt}: remove what comes before them.`,
  personInstead: ({ line }) =>
    `Line ${line} holds a number already: these are no headings. Put a line of headings first, such as telephone;prenom;nom.`,
  oneColumn: ({ line, otherwise }) =>
    `Line ${line} has one column only: cells are set apart by ; or , or tab or |. ${otherwise}`,
  fields: {
    externalId: 'the reference',
    phone: 'the mobile number',
    startsAt: 'the date and the hour',
  },
  rejectedHeads: ['line', 'code', 'reason'],
  rows: {
    ROW_UNREADABLE: 'A quote is never closed, or the line is too long.',
    CELL_TOO_LONG: 'Cell too long',
    HEADER_AGAIN: 'This row repeats the headings.',
    NOT_OPTED_OUT: 'This row says that the person did not opt out.',
    PHONE_MISSING: 'No number.',
    NUMBER_INVALID: 'This is not a French number.',
    NUMBER_NOT_MOBILE: 'This number cannot receive an SMS.',
    PHONE_AMBIGUOUS: 'Two numbers in one cell: keep the one to write to.',
    PHONE_DAMAGED_BY_EXCEL: 'The spreadsheet rounded this number: export the column as text.',
    NUMBER_RETIRED: 'This number left that person.',
    CONTACT_NOT_FOUND: 'This person was erased meanwhile.',
    PLACE_UNKNOWN: 'Unknown territory.',
    TIME_ZONE_UNKNOWN: 'Unknown time zone.',
    PURPOSE_UNKNOWN: 'Unknown purpose.',
    BASIS_UNKNOWN: 'Unknown legal basis.',
    DATE_INVALID: 'Unreadable or impossible date',
    DATE_AMBIGUOUS: 'Day and month cannot be told apart (the day comes first, the year has four digits)',
    CONSENT_NOT_PROVEN: 'Consent not proven, missing',
    METHOD_UNKNOWN: 'Unknown way of agreeing: name it in mapping.values.',
    BASIS_NOT_PROVEN: 'Legal basis not proven, missing',
    BASIS_NOT_ALLOWED: 'This basis is not open for this purpose.',
    WORDING_NOT_FOUND: 'There is no such wording.',
    WORDING_WEAK: 'This wording lacks something, and you refuse such wordings.',
    WORDING_NOT_IN_USE: 'This wording was not in use then, or not for this purpose.',
    PROOF_NOT_NEW: 'The person had said stop: a new and later proof is needed.',
  },
  bookings: {
    EXTERNAL_ID_MISSING: 'No reference',
    INVALID_REQUEST: 'Absent or impossible value',
    DATE_MISSING: 'No date',
    HOUR_MISSING: 'No hour',
    HOUR_INVALID: 'Unreadable hour (expected: 08:30, 8h30 or 2:30 PM)',
    DATE_IS_NUMBER: 'The spreadsheet saved this date as a number: export it as dd/mm/yyyy',
    STATUS_UNKNOWN:
      'Unknown status, so nothing is reminded of: say in mapping.values whether it means planned, cancelled or absent',
    PRACTICE_MISSING:
      'The practice is not given, and you do not have exactly one: add a column "Practice", or create your practice',
    NOTHING_AHEAD: 'Nothing of this row lies ahead',
    DATES_CONTRADICT: 'These dates contradict each other',
    INSTALMENTS_UNSORTED: 'Instalments out of order',
    BOOKING_OF_SOMEBODY_ELSE: 'This reference belongs to another person',
    BOOKING_CANCELLED: 'This booking is cancelled; it comes back by a higher revision, or by reopen',
    REVISION_SUPERSEDED: 'A later revision is known',
    CONSENT_PROOF_INCOMPLETE: 'The agreement lacks what its proof asks for',
    PRACTICE_NOT_FOUND: 'There is no such practice',
    CONTENT_REFUSED: 'These words may not be sent',
    OPT_OUT_IMPOSSIBLE: 'No way out would work',
    ANSWERS_IMPOSSIBLE: 'The text asks for an answer, and this account receives none',
    TIME_ZONE_CONTRADICTS: 'The offset and the zone contradict each other',
    GATEWAY_NOT_FOUND: 'There is no such account',
    SENDER_INVALID: 'A sender has 3 to 11 letters and digits, or is a number',
    TEXT_CANNOT_RENDER: 'The text names something that is not known',
    TOO_MANY_PARTS: 'The text is too long',
    SERIES_CANNOT_MOVE: 'These reminders cannot do that where they are',
    SENDER_NOT_YOURS: 'This sender is not yours',
  },
  bookingFields: {
    startsOn: 'the date',
    startHour: 'the hour',
    practice: 'the practice',
    status: 'the status',
  },
};
