import { isTerritory, isTimeZone, type Territory } from '../rule/index.ts';
import { readPhoneByBlock, readPhone } from '../sms/index.ts';
import {
  type ContactGiven,
  adultLater,
  territoryNear,
  CONSENT_PURPOSES,
  type Scope,
} from '../person/index.ts';
import { grantsOf, type RowAgreement, type RowGrant, type RowWording } from './import-grant.ts';
import {
  purposesNamed,
  type RowProblem,
  saysNo,
  isToCome,
  type RowCells,
  type TypedDate,
} from './import-cell.ts';
import { exportedNumber, STATE } from './import-heading.ts';

/** The opt-out of a row. */
interface RowWithdrawal {
  /** `all` comes from suppression lists only. */
  readonly purposes: readonly Scope[];
  /** `objected` for a row of a suppression list. */
  readonly kind: 'withdrawn' | 'objected';
  /** The cell as in the file. */
  readonly typed: string;
  /** ISO instant; absent when the cell gives no date. */
  readonly at: string | undefined;
}

/** What was read from one row. */
export interface RowReading {
  /** E.164 of any readable number, mobile or not, which is enough for an opt-out. */
  readonly phone: string | undefined;
  readonly person: ContactGiven | undefined;
  readonly grants: readonly RowGrant[];
  /** The wording of a proven agreement, also when the number is unusable. */
  readonly cited: RowWording | undefined;
  readonly withdrawal: RowWithdrawal | undefined;
  /** Why the row is rejected; it then gives no person and no agreement. */
  readonly problem: RowProblem | undefined;
  readonly warnings: readonly string[];
}

/** What was read from one row, with its line. */
export interface ReadRow {
  readonly line: number;
  readonly reading: RowReading;
}

/** Reads one row of a file of people, without the database. */
export function readRow(row: RowCells): RowReading {
  const place = placeOfRow(row);
  const tooLong = row.tooLong();
  const reading = readPhoneByBlock(numberOf(row), { region: regionOf(row), territory: place.hint });
  const phone = reading.kind === 'unreadable' ? undefined : reading.e164;
  const agreement = grantsOf(row);
  const person = personOf(row);
  const base = {
    phone,
    withdrawal: withdrawalOf(row, agreement.grantedAt),
    cited: citedIn(agreement, row),
  };
  const numberFault = numberProblem(reading, tooLong);
  const problem = numberFault ?? place.problem ?? person.problem ?? agreement.problem;
  if (problem !== undefined && !(row.rules.keepUnproven && problem === agreement.problem))
    return { ...base, person: undefined, grants: [], problem, warnings: [] };
  if (reading.kind !== 'mobile')
    return { ...base, person: undefined, grants: [], problem: numberFault, warnings: [] };
  return {
    ...base,
    person: { line: reading, ...place.clues, ...person.details, lastInteractionAt: person.lastInteractionAt },
    grants: agreement.grants,
    problem: undefined,
    warnings: [...person.warnings, ...(agreement.problem === undefined ? [] : [agreement.problem.code])],
  };
}

/** Reads one row of a suppression list, for which any readable number is enough. */
export function readSuppressionRow(row: RowCells): RowReading {
  const reading = readPhone(exportedNumber(numberOf(row)), { region: regionOf(row) });
  const none = { person: undefined, grants: [], cited: undefined, warnings: [] };
  if (isNotOptedOut(row))
    return { ...none, phone: undefined, withdrawal: undefined, problem: { code: 'NOT_OPTED_OUT' } };
  if (reading.kind === 'unreadable')
    return {
      ...none,
      phone: undefined,
      withdrawal: undefined,
      problem: numberProblem(reading, row.isCut('phone') ? ['phone'] : []),
    };
  return { ...none, phone: reading.e164, withdrawal: suppressionOf(row), problem: undefined };
}

/** Says whether a row shows that its person did not opt out, in a file of everybody; an empty state means that too. */
function isNotOptedOut(row: RowCells): boolean {
  const optedOut = row.cell('withdrawnAt');
  if (optedOut !== '' && !row.isCut('withdrawnAt') && saysNo(optedOut)) return true;
  if (row.isCut(`attributes.${STATE}`) || !row.rules.columns.attributes.some(({ name }) => name === STATE))
    return false;
  const state = row.attributes()[STATE];
  return state === undefined || saysNo(String(state));
}

/** Returns the number of a row; empty when the cell was cut, since a cut number is another number. */
const numberOf = (row: RowCells): string => (row.isCut('phone') ? '' : row.cell('phone'));

/** Returns the problem of cells that are too long, else that of the number. */
function numberProblem(
  reading: ReturnType<typeof readPhone>,
  tooLong: readonly string[],
): RowProblem | undefined {
  if (tooLong.length > 0) return { code: 'CELL_TOO_LONG', fields: tooLong };
  return reading.kind === 'mobile' ? undefined : { code: reading.code, reason: reading.reason };
}

/** Returns the wording that the agreement cites; undefined when its cell was cut, since it is then another wording. */
const citedIn = ({ grants }: RowAgreement, row: RowCells): RowWording | undefined =>
  row.isCut('wording') ? undefined : grants[0]?.wording;

function placeOfRow(row: RowCells): {
  readonly clues: Pick<ContactGiven, 'territory' | 'timeZone' | 'postalCode'>;
  readonly hint: Territory | undefined;
  readonly problem?: RowProblem;
} {
  const [territory, timeZone, postalCode] = [
    row.cell('territory').toUpperCase(),
    row.cell('timeZone'),
    row.cell('postalCode'),
  ];
  const clues = {
    territory: isTerritory(territory) ? territory : undefined,
    timeZone: timeZone === '' ? undefined : timeZone,
    postalCode: postalCode === '' ? undefined : postalCode,
  };
  const place = {
    clues,
    hint: clues.territory ?? (postalCode === '' ? undefined : territoryNear(postalCode)),
  };
  if (territory !== '' && clues.territory === undefined)
    return { ...place, problem: { code: 'PLACE_UNKNOWN' } };
  if (timeZone !== '' && !isTimeZone(timeZone)) return { ...place, problem: { code: 'TIME_ZONE_UNKNOWN' } };
  return place;
}

const REGIONS: Readonly<Record<string, string>> = {
  france: 'FR',
  guadeloupe: 'GP',
  martinique: 'MQ',
  guyane: 'GF',
  reunion: 'RE',
  lareunion: 'RE',
  mayotte: 'YT',
  nouvellecaledonie: 'NC',
  polynesiefrancaise: 'PF',
};

function regionOf(row: RowCells): string | undefined {
  const cell = row.cell('region');
  if (cell === '') return undefined;
  if (/^[A-Za-z]{2}$/.test(cell)) return cell.toUpperCase();
  const name = cell
    .normalize('NFD')
    .replaceAll(/[^a-z]/gi, '')
    .toLowerCase();
  return REGIONS[name];
}

function personOf(row: RowCells) {
  const birth = birthOf(row);
  const lastSeen = lastSeenIn(row);
  return {
    details: {
      firstName: row.cell('firstName'),
      lastName: row.cell('lastName'),
      birthDate: birth.on,
      attributes: row.attributes(),
    },
    lastInteractionAt: lastSeen?.kind === 'date' ? lastSeen.at : undefined,
    problem: birth.problem,
    warnings: [...(lastSeen?.kind === 'unreadable' ? [lastSeen.code] : []), ...birth.warnings],
  };
}

/** Reads the last sign of life; one in the future is rejected, since it would extend an agreement at will. */
function lastSeenIn(row: RowCells): TypedDate | undefined {
  const lastSeen = row.date('lastInteractionAt');
  return lastSeen?.kind === 'date' && isToCome(lastSeen, row.rules)
    ? { kind: 'unreadable', code: 'DATE_INVALID' }
    : lastSeen;
}

/** Reads the date of birth; an unreadable one is a problem, since the person may be a child. */
function birthOf(row: RowCells): {
  readonly on?: string;
  readonly problem?: RowProblem;
  readonly warnings: readonly string[];
} {
  const birth = row.date('birthDate');
  if (birth === undefined) return { warnings: [] };
  if (birth.kind === 'unreadable')
    return { problem: { code: birth.code, fields: ['birthDate'] }, warnings: [] };
  const { today } = row.rules;
  if (birth.on > today) return { problem: { code: 'DATE_INVALID', fields: ['birthDate'] }, warnings: [] };
  return { on: birth.on, warnings: adultLater(birth.on, today) === undefined ? [] : ['MINOR'] };
}

/** Reads the opt-out of a row, unless its agreement is later. A cell that is no date counts as an opt-out. */
function withdrawalOf(row: RowCells, grantedAt: string | undefined): RowWithdrawal | undefined {
  if (!row.isCut('withdrawnAt') && saysNo(row.cell('withdrawnAt'))) return undefined;
  const optedOut = row.date('withdrawnAt');
  if (optedOut === undefined) return undefined;
  const at = optedOut.kind === 'date' ? optedOut.at : undefined;
  const agreedLater = at !== undefined && grantedAt !== undefined && Date.parse(at) < Date.parse(grantedAt);
  if (agreedLater) return undefined;
  const purposes = row.isCut('purpose')
    ? CONSENT_PURPOSES
    : (purposesNamed(row.cell('purpose') || 'marketing', row.rules.values) ?? ['marketing']);
  return { purposes, kind: 'withdrawn', typed: row.cell('withdrawnAt'), at };
}

/** Reads the opt-out that every row of a suppression list is, for marketing unless it names other purposes. */
function suppressionOf(row: RowCells): RowWithdrawal {
  const since = row.date('withdrawnAt');
  const named = row.cell('purpose');
  const all = row.isCut('purpose') || /^(?:all|tout|tous|toutes)$/i.test(named);
  return {
    purposes: all ? ['all'] : (purposesNamed(named || 'marketing', row.rules.values) ?? ['all']),
    kind: 'objected',
    typed: row.cell('withdrawnAt'),
    at: since?.kind === 'date' ? since.at : undefined,
  };
}
