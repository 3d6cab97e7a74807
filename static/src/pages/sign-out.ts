import { fact } from "../facts";
import { standing } from "../outbox";
import { farewell } from "../presence";
import { sayCount, words } from "../words";

/**
 * Sign-out on a phone that may be shared: sending stops, the person is told of what is not sent yet, and all that
 * was read for this person is forgotten. What is unsent stays until its owner signs in again (SYNC-5, SYNC-6).
 *
 * @param form posts the sign-out
 * @param dialog asks first when something is unsent; `[data-words]` takes the question, the button of value
 *   `go` goes on
 */
export function signOutWithCare(form: HTMLFormElement, dialog: HTMLDialogElement | null): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void leave(form, dialog);
  });
}

async function leave(form: HTMLFormElement, dialog: HTMLDialogElement | null): Promise<void> {
  try {
    const account = (await fact("session"))?.account;
    if (account !== undefined) {
      const { waiting, needsYou } = await standing(account);
      if (waiting + needsYou > 0 && !(await sure(dialog, waiting + needsYou))) return;
      await farewell(account);
      sessionStorage.clear();
    }
  } catch {
    // A device whose storage does not answer must not keep anyone signed in.
  }
  form.submit();
}

async function sure(dialog: HTMLDialogElement | null, unsent: number): Promise<boolean> {
  const question = sayCount(words().sign_out.unsent, unsent);
  if (dialog === null) return confirm(question);
  const place = dialog.querySelector("[data-words]");
  if (place !== null) place.textContent = question;
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
  return dialog.returnValue === "go";
}
