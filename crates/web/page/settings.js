// The form of the settings.

/** Builds the form; `changed(key, value)` is called with valid values, `refused(text)` with a function that says what is wrong. */
function buildSettings(form, changed, refused) {
  const fields = {};
  for (const setting of SETTINGS) {
    const label = append("label", form);
    const text = append("span", label, "text");
    const symbol = append("span", label, "symbol");
    const field = { setting, label, text, symbol, input: null, slider: null, hint: null, isTyped: false };
    if (setting.kind === "choice") {
      field.input = append("select", label);
      for (const choice of setting.choices) append("option", field.input).value = choice;
    } else {
      field.input = append("input", label);
      Object.assign(field.input, { type: "text", inputMode: "decimal", autocomplete: "off" });
    }
    field.input.id = `s-${setting.key}`;
    const take = (given) => {
      const value = valueOf(setting, given);
      field.input.setAttribute("aria-invalid", String(value === undefined));
      if (value === undefined) refused(() => words().wrongValue(words().settings[setting.key], setting));
      else changed(setting.key, value);
    };
    field.input.addEventListener("input", () => {
      field.isTyped = true;
    });
    field.input.addEventListener("change", () => {
      field.isTyped = false;
      take(field.input.value);
    });
    field.input.setAttribute("aria-describedby", "notice");
    if (setting.kind === "log") {
      field.slider = append("input", label);
      const [min, max] = [Math.log10(setting.from), Math.log10(setting.to)];
      Object.assign(field.slider, { type: "range", min, max, step: 0.05 });
      // three digits: the slider has no more positions
      const at = () => Number((10 ** Number(field.slider.value)).toPrecision(3));
      field.slider.addEventListener("input", () => {
        field.input.value = short(at());
      });
      field.slider.addEventListener("change", () => take(String(at())));
    }
    if (setting.isLive) field.hint = append("span", label, "hint");
    fields[setting.key] = field;
  }

  /** Shows these values, in the current language. */
  return function show(config) {
    const w = words();
    for (const { setting, label, text, symbol, input, slider, hint, isTyped } of Object.values(fields)) {
      const { key } = setting;
      text.textContent = w.settings[key];
      symbol.replaceChildren();
      append("code", symbol).textContent = setting.symbol;
      if (setting.section) symbol.append(`, ${w.section(setting.section)}`);
      if (setting.kind === "choice") {
        for (const option of input.options) option.textContent = w.choices[option.value] ?? option.value;
      }
      if (setting.optional) input.placeholder = w.all;
      if (!isTyped && (document.activeElement !== input || input.getAttribute("aria-invalid") !== "true")) {
        input.value = short(config[key]);
        input.setAttribute("aria-invalid", "false");
      }
      if (slider) {
        slider.value = Math.log10(config[key]);
        slider.setAttribute("aria-label", w.settings[key]);
      }
      if (hint) hint.textContent = w.live;
      label.classList.toggle("changed", config[key] !== setting.book);
    }
  };
}
