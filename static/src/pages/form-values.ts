/** What stands in a form: the names of its fields and what is filled in, chosen or ticked. */
export type Values = Record<string, string[]>;

/** Reads a form. Fields that are empty or not ticked are left out. */
export function valuesOf(form: HTMLFormElement): Values {
  const values: Values = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value !== "") values[name] = [...(values[name] ?? []), value];
  }
  return values;
}

/** Fills a form: every field that is named in `names` gets its values, or is emptied when there are none. */
export function fill(form: HTMLFormElement, values: Values, names: readonly string[]): void {
  for (const field of form.elements) {
    if (!isField(field) || !names.includes(field.name)) continue;
    // A radio button of no value stands for “not said”.
    const wanted = values[field.name] ?? [""];
    if (field.type === "radio" || field.type === "checkbox") {
      (field as HTMLInputElement).checked = wanted.includes(field.value);
    } else {
      field.value = wanted[0] ?? "";
    }
  }
}

function isField(field: Element): field is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement {
  return "name" in field && "value" in field && "type" in field;
}
