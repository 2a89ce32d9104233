import type { Clock } from '../clock.ts';
import type { Vault } from '../database/vault.ts';
import { appointments } from './appointments.ts';
import { paymentPlans } from './payment-plans.ts';
import { subscriptions } from './subscriptions.ts';
import type { BookingTerms } from '../reminders/booked-sender.ts';
import type { RowTaker } from '../reminders/file-row.ts';

const KINDS = { appointment: appointments, subscription: subscriptions, 'payment-plan': paymentPlans };

/** Files a row of an import under the very checks of its PUT. */
export const rowTaker =
  (deps: { readonly vault: Vault; readonly clock: Clock }, terms: BookingTerms): RowTaker =>
  async (tx, { kind, externalId, body, source, actor, reopen }) => {
    const { clock, vault } = deps;
    const { filed } = await KINDS[kind].file(
      tx,
      { keys: await vault.tenant(tx), clock, terms },
      {
        raw: body,
        externalId,
        source,
        actor,
        // Where the agreements of an import are on record: the caller's own system.
        keyName: source,
        language: 'fr',
        replaceContact: false,
        reopen,
        mayDrop: () => false,
      },
    );
    return filed;
  };
