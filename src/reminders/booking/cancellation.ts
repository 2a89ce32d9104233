import { type Transaction, Refusal } from '../../platform/index.ts';
import { forgetCancelled, readCancelled } from './cancelled-booking.repository.ts';
import type { ExternalName } from '../series/series.repository.ts';
import type { Series } from '../series/series.ts';
import { bilingual } from '../../words/index.ts';

/** What is known of a booking before another call about it. */
export type Stands = Pick<Series, 'sourceRevision'> & { readonly state: string };

/** How a caller asks for a booking that may be cancelled. */
interface Asked {
  readonly sourceRevision: number | undefined;
  /** Whether a booking that is cancelled is meant to come back. */
  readonly reopen: boolean;
}

/** The caller's order wins over the order of arrival. */
export function refuseOlder(stands: Stands, sourceRevision: number | undefined): void {
  const { sourceRevision: known } = stands;
  if (sourceRevision === undefined || known === null || sourceRevision >= known) return;
  throw new Refusal('REVISION_SUPERSEDED', {
    detail: bilingual.booking.olderRevision({ known }),
    ...standing(stands),
  });
}

/** Whether a booking that is cancelled comes back: by a higher revision, or because the caller says so. */
export const comesBack = ({ sourceRevision: known }: Stands, { sourceRevision, reopen }: Asked): boolean =>
  reopen || (sourceRevision !== undefined && known !== null && sourceRevision > known);

/** The refusal of a booking that stays cancelled. */
export function staysCancelled(stands: Stands): Refusal {
  const { sourceRevision } = stands;
  const { staysCancelled: stays, reopen, revisionOrReopen } = bilingual.booking;
  const by = sourceRevision === null ? reopen : revisionOrReopen({ revision: sourceRevision });
  return new Refusal('BOOKING_CANCELLED', {
    detail: stays({ by }),
    ...standing(stands),
  });
}

const standing = ({ state, sourceRevision }: Stands): { readonly stands: Stands } => ({
  stands: { state, sourceRevision },
});

/** Takes a cancellation that came before its booking out of the way, or refuses the booking for it. */
export async function passCancelled(
  tx: Transaction,
  name: ExternalName,
  asked: Asked,
): Promise<Stands | undefined> {
  const cancelled = await readCancelled(tx, name);
  if (cancelled === undefined) return undefined;
  refuseOlder(cancelled, asked.sourceRevision);
  if (!comesBack(cancelled, asked)) throw staysCancelled(cancelled);
  await forgetCancelled(tx, name);
  return cancelled;
}
