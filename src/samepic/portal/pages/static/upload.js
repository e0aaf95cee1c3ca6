"use strict";
// Choosing a picture: by file, drag and drop or paste; and the square of it, by mouse, finger or keyboard.
// Everything works without this file too: the fields that it fills in are the form's own.
(() => {
  const form = document.getElementById("upload");
  const input = document.getElementById("picture");
  const stage = document.getElementById("stage");
  const image = document.getElementById("chosen");
  const cutting = document.getElementById("cutting");
  const unseen = document.getElementById("unseen");
  const drop = document.getElementById("drop");
  const fields = Object.fromEntries(["left", "top", "width", "height"].map((name) => [name, form.elements[name]]));
  const previews = [...document.querySelectorAll(".preview")].map((holder) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Number(holder.dataset.edge);
    canvas.setAttribute("aria-hidden", "true");
    holder.append(canvas);
    return canvas;
  });
  let cropper = null;
  let address = "";
  let typing = false;
  let room = "";
  let square = null;

  for (const one of document.querySelectorAll(".script-only")) one.hidden = false;

  function cleared() {
    if (cropper) cropper.destroy();
    if (address) URL.revokeObjectURL(address);
    cropper = null;
    address = "";
    square = null;
    cutting.hidden = true;
    unseen.hidden = true;
    for (const field of Object.values(fields)) field.value = "";
  }

  function shown(file) {
    cleared();
    if (!file) return;
    address = URL.createObjectURL(file);
    image.onload = begin;
    image.onerror = () => { cleared(); unseen.hidden = false; };  // a kind that this browser cannot show: we can read it
    image.src = address;
  }

  function roomOfStage() {
    return `${stage.clientWidth} by ${stage.clientHeight}`;
  }

  function begin() {
    image.onload = null;
    cutting.hidden = false;
    room = roomOfStage();
    cropper = new Cropper(image, {
      aspectRatio: 1, viewMode: 1, autoCropArea: 1, checkOrientation: false, checkCrossOrigin: false,
      responsive: false, movable: false, rotatable: false, scalable: false, zoomable: false, toggleDragModeOnDblclick: false, background: false,
      ready() {
        const { naturalWidth: width, naturalHeight: height } = image;
        const edge = Math.min(width, height);
        // As the server cuts where nobody chooses: the upper middle of a portrait, the middle of a landscape.
        cropper.setData(square || { x: (width - edge) / 2, y: (height - edge) / 4, width: edge, height: edge });
        if (!square) stage.focus();
      },
      crop: told,
    });
  }

  function told() {
    const { x, y, width } = cropper.getData(true);
    const most = Math.min(image.naturalWidth, image.naturalHeight);
    const edge = Math.max(1, Math.min(width, most));
    const left = Math.max(0, Math.min(x, image.naturalWidth - edge));
    const top = Math.max(0, Math.min(y, image.naturalHeight - edge));
    if (!typing) {
      fields.left.value = left;
      fields.top.value = top;
      fields.width.value = fields.height.value = edge;
    }
    for (const canvas of previews) {
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#ffffff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.imageSmoothingQuality = "high";
      pen.drawImage(image, left, top, edge, edge, 0, 0, canvas.width, canvas.height);
    }
  }

  function typed() {
    if (!cropper) return;
    const number = (name) => Number(fields[name].value) || 0;
    typing = true;
    cropper.setData({ x: number("left"), y: number("top"), width: number("width"), height: number("width") });
    typing = false;
  }

  // Cropper's own way of following the window scales the square out of the picture when a phone is turned.
  window.addEventListener("resize", () => {
    if (!cropper || roomOfStage() === room) return;
    const { x, y, width, height } = cropper.getData();
    if (width) square = { x, y, width, height };  // none where the window changes again before it is drawn anew
    cropper.destroy();
    begin();
  });

  stage.addEventListener("keydown", (event) => {
    if (!cropper || event.ctrlKey || event.metaKey || event.altKey) return;
    const data = cropper.getData();
    const step = Math.max(1, data.width * (event.shiftKey ? 0.1 : 0.02));
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const sizes = { "+": 1, "=": 1, "-": -1 };
    if (event.key in moves) {
      const [x, y] = moves[event.key];
      cropper.setData({ x: data.x + x * step, y: data.y + y * step });
    } else if (event.key in sizes) {
      const grown = Math.max(48, data.width + sizes[event.key] * 2 * step);
      const edge = Math.min(grown, image.naturalWidth, image.naturalHeight);
      const by = (data.width - edge) / 2;
      cropper.setData({ x: data.x + by, y: data.y + by, width: edge, height: edge });
    } else {
      return;
    }
    event.preventDefault();
  });

  function taken(files) {
    const found = [...files].find((file) => file.type.startsWith("image/")) || files[0];
    if (!found) return;
    const holder = new DataTransfer();
    holder.items.add(found);
    input.files = holder.files;
    shown(found);
  }

  input.addEventListener("change", () => shown(input.files[0]));
  for (const field of Object.values(fields)) field.addEventListener("change", typed);
  for (const name of ["dragover", "dragenter"]) {
    drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => { event.preventDefault(); taken(event.dataTransfer.files); });
  document.addEventListener("paste", (event) => { if (event.clipboardData.files.length) taken(event.clipboardData.files); });
  form.addEventListener("submit", () => { form.querySelector("button").disabled = true; });
  window.addEventListener("pageshow", () => { form.querySelector("button").disabled = false; });
  if (input.files[0]) shown(input.files[0]);
})();
