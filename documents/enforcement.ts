/** Where a provision is enforced and which tests hold it there. */
export interface Enforcement {
  /** Files besides the provision's own; empty when this version does not enforce it. */
  readonly files: readonly string[];
  readonly tests: readonly string[];
  /** Something of it is left to the controller, or is not done yet; the note says what. */
  readonly partly?: true;
  readonly note?: string;
}

const law = (name: string): string => `test/law/${name}.test.ts`;
const sms = (name: string): string => `test/sms/${name}.test.ts`;
const stop = 'test/messages/take-reply.test.ts';
const many = 'test/messages/stop.test.ts';
const consents = 'test/contacts/record-consents.test.ts';
const content = sms('content');
const rules = sms('content-rule');
const oracle = law('oracle/oracle');
const random = law('random-moments');
const look = 'src/messages/look.repository.ts';
const moments = ['src/law/lawful-moment.ts', 'src/law/open-day.ts', 'src/law/windows.ts'];

const later = (note: string): Enforcement => ({ files: [], tests: [], note });

/** Every provision by its id. */
export const enforcement: Readonly<Record<string, Enforcement>> = {
  'WIN-01': { files: moments, tests: [law('lawful-moment'), law('windows'), random, oracle] },
  'WIN-02': { files: moments, tests: [law('lawful-moment'), law('windows'), random, oracle] },
  'WIN-03': {
    files: [...moments, 'src/law/calendar/territory-day.ts', 'src/law/calendar/national.ts'],
    tests: [
      law('lawful-moment'),
      law('calendar/holiday'),
      law('calendar/etalab'),
      law('calendar/second-source'),
      oracle,
    ],
  },
  'WIN-04': {
    files: ['src/law/planned-earlier.ts', 'src/reminders/plan-steps.ts'],
    tests: [law('planned-earlier'), 'test/reminders/appointment.test.ts'],
  },
  'WIN-05': {
    files: ['src/law/profile.ts', 'src/law/binding.ts', 'src/messages/decision.repository.ts'],
    tests: [law('index'), law('rules-of-the-day'), law('appended-row')],
  },
  'WIN-06': {
    files: [look, 'src/messages/verdict.ts'],
    tests: ['test/messages/window.test.ts', 'test/messages/chunk.test.ts'],
  },
  'WIN-07': { files: ['src/law/decide.ts', 'src/messages/attempt.ts'], tests: [law('decide')] },
  'WIN-08': {
    files: ['src/law/timing/sending-hours.ts', 'src/messages/verdict.ts'],
    tests: [law('lawful-moment')],
  },
  'TZ-01': {
    files: ['src/contacts/contact-place.ts', 'src/law/postal-code.ts', 'src/law/premises.ts'],
    tests: [
      'test/contacts/upsert-contacts.test.ts',
      law('postal-code'),
      law('territory'),
      law('any-question'),
    ],
  },
  'TZ-02': { files: ['src/law/local-moment.ts'], tests: [law('timing/wall-time'), law('local-moment')] },
  'NUM-01': { files: ['src/sms/phone-number.ts'], tests: [sms('phone-number')] },
  'NUM-02': {
    files: ['src/messages/look.repository.ts', 'src/contacts/number.repository.ts'],
    tests: ['test/messages/number.test.ts', 'test/http/contact-phone.test.ts'],
  },
  'CON-01': {
    files: ['src/law/bases.ts', 'src/contacts/consent-basis.ts', 'src/tenants/sale-statement.ts', look],
    tests: [
      law('bases'),
      consents,
      'test/http/existing-customer.test.ts',
      'test/messages/existing-customer.test.ts',
    ],
  },
  'CON-02': { files: ['src/law/bases.ts', 'src/contacts/consent-basis.ts'], tests: [law('bases'), consents] },
  'CON-03': {
    files: ['src/contacts/consent-proof.ts', 'src/contacts/grant-grounds.ts'],
    tests: [consents, 'test/pure/contacts/person.test.ts'],
  },
  'CON-04': {
    files: ['src/contacts/wording.ts', 'src/contacts/wording-findings.ts', 'src/pages/form.ts'],
    tests: ['test/pure/contacts/wording-findings.test.ts', 'test/http/public-form.test.ts'],
    partly: true,
    note: 'The words are frozen and judged, and our forms tick nothing in advance. On a form of yours, see to the box yourself.',
  },
  'CON-05': {
    files: ['src/contacts/adulthood.ts', 'src/contacts/bar-under-age.ts', 'src/http/form-sent.ts', look],
    tests: [law('consent/minor'), consents, 'test/pure/contacts/person.test.ts'],
  },
  'CON-06': {
    files: ['src/contacts/import-grant.ts'],
    tests: ['test/contacts/import-shop.test.ts', 'test/contacts/import-row.test.ts'],
  },
  'CON-07': {
    files: ['src/contacts/form-words.ts', 'src/contacts/form-shown.ts'],
    tests: ['test/http/public-form.test.ts'],
    partly: true,
    note: 'The notice stands on our forms and sheets. On a form of yours, it is yours to show.',
  },
  'OPT-01': { files: [look], tests: [stop, many] },
  'OPT-02': {
    files: [
      'src/messages/take-reply.ts',
      'src/contacts/late-leaving.repository.ts',
      'src/tenants/compliance.ts',
    ],
    tests: [stop, 'test/contacts/late-leaving.test.ts', 'test/http/compliance.test.ts'],
    note: 'The effect is immediate once we know. Nobody can refuse a withdrawal told late: it holds, is counted, and raises an alarm.',
  },
  'OPT-03': {
    files: ['src/messages/reply-match.ts', 'src/contacts/record-leavings.ts'],
    tests: [stop, consents],
  },
  'OPT-04': {
    files: ['src/sms/opt-out-word.ts', 'src/sms/inbound-text.ts'],
    tests: [sms('opt-out-word'), sms('inbound-word')],
  },
  'OPT-05': { files: ['src/messages/answer-owed.ts', 'src/messages/answer-text.ts'], tests: [stop] },
  'OPT-06': {
    files: ['src/sms/opt-out-check.ts', 'src/sms/stop-mention.ts'],
    tests: [sms('stop-mention'), content],
  },
  'OPT-07': {
    files: ['src/sms/opt-out-check.ts', 'src/sms/opt-out-sentence.ts'],
    tests: [sms('stop-mention'), content],
  },
  'OPT-08': { files: ['src/messages/answer-text.ts'], tests: [stop] },
  'OPT-09': {
    files: ['src/messages/hearsay.repository.ts', 'src/worker-accounts.ts'],
    tests: ['test/gateways/send-path.test.ts'],
    partly: true,
    note: 'An opt-out told with an answer is kept. A blacklist is read each day from the operators that offer one to read: OVHcloud.',
  },
  'OPT-10': {
    files: ['src/contacts/earlier-proof.ts', 'src/contacts/consent-standing.ts'],
    tests: [consents, 'test/pure/contacts/consent-standing.test.ts'],
  },
  'SND-01': { files: ['src/sms/sender.ts'], tests: [sms('sender')] },
  'SND-02': { files: ['src/sms/sender.ts'], tests: [sms('sender'), content] },
  'SND-03': { files: ['src/sms/content.ts'], tests: [content] },
  'SND-04': {
    files: ['src/tenants/account-route.ts'],
    tests: ['test/http/account-routes.test.ts'],
    partly: true,
    note: 'Accounts are chosen by purpose and territory. Which codes an account writes from is for its contract: give each the traffic it is open for.',
  },
  'TXT-01': {
    files: ['src/sms/content.ts', 'src/sms/health-word.ts', 'src/sms/variable.ts'],
    tests: [content, rules, sms('variable')],
  },
  'TXT-02': {
    files: ['src/sms/rendering.ts', 'src/sms/parts.ts'],
    tests: [sms('encoding'), sms('template')],
  },
  'TXT-03': { files: ['src/sms/content.ts', 'src/sms/promotional-word.ts'], tests: [content] },
  'TXT-04': { files: ['src/sms/link-and-number.ts'], tests: [content] },
  'REN-01': {
    files: ['src/reminders/plan-renewal.ts', 'src/reminders/notice-bounds.ts'],
    tests: [law('renewal/notice-window'), 'test/pure/reminders/plan-renewal.test.ts'],
  },
  'REN-02': {
    files: ['src/reminders/notice-bounds.ts', 'src/reminders/reconsider.ts'],
    tests: ['test/reminders/renewal.test.ts'],
  },
  'REN-03': {
    files: ['src/reminders/notice-bounds.ts'],
    tests: ['test/pure/reminders/plan-renewal.test.ts'],
  },
  'SEC-01': { files: ['src/sms/barred-trade.ts', 'src/sms/content-rule.ts'], tests: [content, rules] },
  'RET-01': {
    files: [
      look,
      'src/campaigns/freeze.repository.ts',
      'src/contacts/personal-bar.ts',
      'src/contacts/retention.repository.ts',
      'src/contacts/expire-consents.ts',
    ],
    tests: [
      'test/http/retention.test.ts',
      'test/messages/number.test.ts',
      'test/campaigns/freeze.test.ts',
      'test/contacts/consents-at.test.ts',
    ],
    note: 'An agreement to marketing has expired at the instant asked about, cleaned or not; a contact without a basis gets 30 days of notice.',
  },
  'RET-02': {
    files: ['migrations/20261125000300-contacts.ts'],
    tests: ['test/contacts/chain.test.ts', 'test/http/erasure.test.ts', 'test/http/retention.test.ts'],
    note: 'No path and no right of the application deletes a suppression.',
  },
  'RET-03': {
    files: ['src/contacts/person-removal.ts', 'src/contacts/retention.repository.ts'],
    tests: ['test/http/erasure.test.ts'],
  },
  'RET-04': {
    files: ['src/contacts/retention.repository.ts', 'src/messages/old-inbox.repository.ts'],
    tests: ['test/http/retention.test.ts'],
  },
  'RET-05': {
    files: ['src/contacts/erasure.ts', 'src/contacts/erasure-traces.ts', 'src/contacts/person-removal.ts'],
    tests: ['test/http/erasure.test.ts', 'test/end-to-end/erasure.test.ts'],
  },
  'RGT-01': {
    files: ['src/contacts/export.ts', 'src/contacts/erasure.ts'],
    tests: ['test/http/contact-export.test.ts'],
  },
  'AUD-01': {
    files: [
      'src/messages/decision.repository.ts',
      'src/tenants/audit-entry.repository.ts',
      'src/contacts/chain.ts',
    ],
    tests: ['test/contacts/chain.test.ts', law('decide')],
  },
  'ENC-01': {
    files: ['src/database/cipher.ts', 'src/database/vault.ts', 'src/temporal/payload-codec.ts'],
    tests: ['test/contacts/upsert-contacts.test.ts', 'test/temporal/payload-codec.test.ts'],
  },
  'ACC-01': {
    files: ['migrations/20261125000100-roles.ts', 'src/database/connection.ts', 'src/http/route.ts'],
    tests: ['test/http/tenancy.test.ts', 'test/http/role.test.ts'],
  },
  'FRQ-01': {
    files: ['src/messages/cap.repository.ts', 'src/reminders/frequency.ts'],
    tests: ['test/messages/cap.test.ts'],
    note: 'None applies until `frequency` of the tenant sets one.',
  },
  'HDS-01': later('Whether your deployment needs a certified host is yours to judge.'),
};
