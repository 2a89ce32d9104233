import { type Transaction, Refusal } from '../../platform/index.ts';
import { forgetCancelled, readCancelled } from './cancelled-booking.repository.ts';
import type { ExternalName } from '../series/series.repository.ts';
import type { Series } from '../series/series.ts';
import { bilingual } from '../../words/index.ts';

/** The state of a booking before another call about it. */
export type Stands = Pick<Series, 'sourceRevision'> & { readonly state: string };

/** A caller's request on a booking that may be cancelled. */
interface Asked {
  readonly sourceRevision: number | undefined;
  /** True when a cancelled booking is reopened. */
  readonly reopen: boolean;
}

/** The caller's order wins over the order of arrival. */
export function refuseOlder(stands: Stands, sourceRevision: number | undefined): void {
  const { sourceRevision: known } = stands;
  if (sourceRevision === undefined || known === null || sourceRevision >= known) return;
  throw new Refusal('REVISION_SUPERSEDED', {
    detail: bilingual.booking.olderRevision({ known }),
    ...standsAs(stands),
  });
}

/** Says whether a cancelled booking is reopened: by a higher revision, or by the caller's request. */
export const comesBack = ({ sourceRevision: known }: Stands, { sourceRevision, reopen }: Asked): boolean =>
  reopen || (sourceRevision !== undefined && known !== null && sourceRevision > known);

/** The refusal of a booking that stays cancelled. */
export function staysCancelled(stands: Stands): Refusal {
  const { sourceRevision } = stands;
  const { staysCancelled: stays, reopen, revisionOrReopen } = bilingual.booking;
  const by = sourceRevision === null ? reopen : revisionOrReopen({ revision: sourceRevision });
  return new Refusal('BOOKING_CANCELLED', {
    detail: stays({ by }),
    ...standsAs(stands),
  });
}

const standsAs = ({ state, sourceRevision }: Stands): { readonly stands: Stands } => ({
  stands: { state, sourceRevision },
});

/** Removes a cancellation that came before its booking, or refuses the booking for it. */
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
