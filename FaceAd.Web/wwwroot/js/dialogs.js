// The component library keeps the focus in a dialog by way of the server: a quick Tab is out before the answer. Here it is kept at once.
document.addEventListener('keydown', event => {
  const dialog = event.key === 'Tab' ? event.target.closest?.('.mud-dialog') : null;
  if (!dialog) return;
  const stops = [...dialog.querySelectorAll('a[href], button, input, select, textarea, summary')].filter(stop => !stop.disabled && stop.tabIndex >= 0 && stop.checkVisibility());
  const at = stops.indexOf(event.target);
  const next = at < 0 || at === (event.shiftKey ? 0 : stops.length - 1) ? stops.at(event.shiftKey ? -1 : 0) : null;
  if (!next) return;
  event.preventDefault();
  next.focus();
}, true);

// It gives a new dialog the focus by way of the server, too, and then selects what stands in the focused field: whoever is in another one of
// its fields by then stays there.
const fields = 'input, select, textarea';
addEventListener('DOMContentLoaded', () => {
  const library = window.mudElementRef;
  if (!library) return;
  const { focusFirst, select } = library;
  library.focusFirst = (within, ...more) => {
    if (within?.contains(document.activeElement) && document.activeElement.matches(fields)) return;
    focusFirst.call(library, within, ...more);
  };
  library.select = element => {
    if (element === document.activeElement) select.call(library, element);
  };
});

// And a menu gives the focus back to its button, by way of the server: whoever is in the dialog that it opened by then stays there.
addEventListener('DOMContentLoaded', () => {
  const elements = window.Blazor?._internal?.domWrapper;
  if (!elements) return;
  const focus = elements.focus;
  elements.focus = (element, ...more) => {
    if (!element?.isConnected) return; // gone by the time that the server's word came: that would end the page
    const dialog = document.activeElement?.closest('.mud-dialog');
    const isWithin = dialog?.contains(element);
    if (dialog && !isWithin && element.closest('.mud-menu')) return;
    if (isWithin && document.activeElement.matches(fields) && !element.matches(fields)) return;
    focus.call(elements, element, ...more);
  };
});
