// A file that the server would refuse for its size is told here already: nothing has to travel, and the form stays.
const form = document.querySelector<HTMLFormElement>("form[data-most]");
const file = form?.querySelector<HTMLInputElement>("input[type=file]");
if (form && file)
  form.addEventListener("submit", (event) => {
    const size = file.files?.[0]?.size ?? 0;
    const field = file.closest(".field");
    field?.querySelector("[data-by-script]")?.remove();
    field?.classList.remove("wrong");
    file.removeAttribute("aria-invalid");
    if (size <= Number(form.dataset["most"])) return;
    event.preventDefault();
    field?.classList.add("wrong");
    file.setAttribute("aria-invalid", "true");
    const problem = document.createElement("p");
    problem.className = "problem";
    problem.setAttribute("role", "alert");
    problem.dataset["byScript"] = "";
    problem.append(form.dataset["tooLarge"] ?? "");
    field?.append(problem);
    file.focus();
  });

export {};
