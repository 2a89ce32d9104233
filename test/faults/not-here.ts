/** This machine cannot make that fault; its row says why. */
export class NotHere extends Error {
  override readonly name = 'NotHere';
}
