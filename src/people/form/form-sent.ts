import type { PhoneReading } from '../../sms/index.ts';
import type { ContactDeps } from '../contact/contact.repository.ts';
import type { FormActs, FormOrigin } from './form-evidence.ts';
import type { FormShown } from './form-shown.ts';
import type { Form } from './form-terms.ts';

/** One submitted form. */
export interface SentForm extends FormActs, FormOrigin {
  readonly form: Form;
  readonly shown: FormShown;
  /** ISO instant at which the page was shown. */
  readonly shownAt: string;
  readonly ticketDigest: Buffer;
  readonly line: Extract<PhoneReading, { kind: 'mobile' }>;
}

/** The dependencies of sending codes. */
export interface CodeDeps extends ContactDeps {
  /** Id of the account that sends codes, in this instance. */
  readonly accountId: string;
}
