import type { Clock, Vault } from '../../../platform/index.ts';
import { appointments } from './appointments.ts';
import { paymentPlans } from './payment-plans.ts';
import { subscriptions } from './subscriptions.ts';
import { type BookingTerms, cancelBooking, missBooking, type RowTaker } from '../../../reminders/index.ts';
import { practices } from '../../../company/index.ts';

const KINDS = { appointment: appointments, subscription: subscriptions, 'payment-plan': paymentPlans };

/** Files rows of an import under the same checks as their PUT, and cancels as a DELETE would. */
export const rowTaker = (
  { vault, clock }: { readonly vault: Vault; readonly clock: Clock },
  terms: BookingTerms,
): RowTaker => ({
  file: async (tx, { kind, externalId, body, source, actor, reopen }) => {
    const { filed } = await KINDS[kind].file(
      tx,
      { keys: await vault.tenant(tx), clock, terms },
      {
        raw: body,
        externalId,
        source,
        actor,
        // An import's agreements are on record in the caller's own system.
        keyName: source,
        language: 'fr',
        replaceContact: false,
        reopen,
        mayDrop: () => false,
      },
    );
    return filed;
  },
  callOff: async (tx, { status, ...booking }) => {
    const deps = { keys: await vault.tenant(tx), clock };
    await (status === 'absent' ? missBooking(tx, deps, booking) : cancelBooking(tx, deps, booking));
  },
  onlyPractice: async (tx) => {
    const [first, second] = await practices(tx, await vault.tenant(tx), { limit: 2 });
    return second === undefined ? first?.externalId : undefined;
  },
});
