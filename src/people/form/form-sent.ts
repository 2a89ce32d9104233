import type { PhoneReading } from '../../sms/index.ts';
import type { ContactDeps } from '../contact/contact.repository.ts';
import type { FormActs, FormOrigin } from './form-evidence.ts';
import type { FormShown } from './form-shown.ts';
import type { Form } from './form-terms.ts';

/** One form sent by somebody. */
export interface Sent extends FormActs, FormOrigin {
  readonly form: Form;
  readonly shown: FormShown;
  /** ISO instant at which the page was shown. */
  readonly shownAt: string;
  readonly ticketDigest: Buffer;
  readonly line: Extract<PhoneReading, { kind: 'mobile' }>;
}

/** What codes are sent with. */
export interface CodeDeps extends ContactDeps {
  /** The account that carries codes, by its id at this instance. */
  readonly accountId: string;
}
