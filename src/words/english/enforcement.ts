import type { Translation } from '../translation.ts';
import type { enforcement as french } from '../french/enforcement.ts';

/** What is left to the controller of a rule, or held in part. */
export const enforcement: Translation<typeof french> = {
  'WIN-09': 'that a commune has no church for it is for the controller to say: nothing here verifies it',
  'CON-04':
    'The words are frozen and judged, and our forms tick nothing in advance. On a form of yours, see to the box yourself.',
  'CON-07': 'The notice stands on our forms and sheets. On a form of yours, it is yours to show.',
  'OPT-02':
    'The effect is immediate once we know. Nobody can refuse a withdrawal told late: it holds, is counted, and raises an alarm.',
  'OPT-09':
    'An opt-out told with an answer is kept. A blacklist is read each day from the operators that offer one to read: OVHcloud.',
  'SND-04':
    'Accounts are chosen by purpose and territory. Which codes an account writes from is for its contract: give each the traffic it is open for.',
  'RET-01': ({ notice }) =>
    `An agreement to marketing has expired at the instant asked about, cleaned or not; a contact without a basis gets ${notice} of notice.`,
  'RET-02': 'No path and no right of the application deletes a suppression.',
  'FRQ-01': 'None applies until `frequency` of the tenant sets one.',
  'HDS-01': 'Whether your deployment needs a certified host is yours to judge.',
};
