import { rowTaker } from '../bookings/booking-rows.ts';
import {
  fileHeadOf,
  rehearseImport,
  readReaderHome,
  type ImportKind,
  type ImportOptions,
  ReaderStopped,
  type ReadColumns,
} from '../../../people/index.ts';
import { Refusal } from '../../../platform/index.ts';
import { BOOKING_IMPORTS, holdsBookings, rehearseBookings } from '../../../reminders/index.ts';
import { Answer } from '../../server/answer.ts';
import type { Api } from '../../server/api.ts';
import { actorOf, type Caller } from '../../server/caller.ts';
import { accountTerms } from '../messages/gateway-terms.ts';
import { fault, type Language } from '../../../words/index.ts';

/** A file to rehearse. */
interface Asked {
  readonly bytes: AsyncIterable<Buffer>;
  readonly kind: ImportKind;
  readonly source: string;
  readonly options: ImportOptions;
  readonly language: Language;
  readonly readColumns: ReadColumns | undefined;
}

/** Computes the expected result of a file; nothing of it is kept. */
export async function rehearsal(
  { database, vault, clock, gateways, optOut }: Api,
  caller: Caller,
  { bytes, kind, source, options, language, readColumns }: Asked,
): Promise<Answer> {
  const { tenantId } = caller;
  const head = await fileHeadOf(bytes, readColumns);
  if (!holdsBookings(kind)) {
    const home = await database.withTenant(tenantId, readReaderHome);
    const asked = { tenantId, head, kind, options, language };
    return new Answer(200, await explainingStop(rehearseImport({ clock, home }, asked)));
  }
  const take = rowTaker({ vault, clock }, accountTerms(gateways, optOut.base));
  const about = { tenantId, source, actor: actorOf(caller) };
  const asked = { ...about, head, options, language, kind: BOOKING_IMPORTS[kind] };
  return new Answer(200, await explainingStop(rehearseBookings({ database, clock, take }, asked)));
}

/** Names the row that stopped its reader, as the report of an import does. */
const explainingStop = <T>(rehearsed: Promise<T>): Promise<T> =>
  rehearsed.catch((cause: unknown) => {
    if (!(cause instanceof ReaderStopped)) throw cause;
    throw new Refusal('IMPORT_UNREADABLE', {
      detail: fault('Reading stops at line {line}.', { line: cause.line }),
    });
  });
