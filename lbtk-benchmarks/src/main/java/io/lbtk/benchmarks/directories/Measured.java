package io.lbtk.benchmarks.directories;

/**
 * What a reading process has measured.
 *
 * @param first milliseconds from the start of a refresher to its first set
 * @param changes how many entries were added, one after the other
 * @param changeP50 milliseconds from before an entry is added until it is reported, the median
 * @param changeWorst the same, the worst
 * @param heldBytes the heap that is held after the first set, and was not before
 */
record Measured(double first, int changes, double changeP50, double changeWorst, long heldBytes) {

  /** Reads what {@link #toString} writes. */
  static Measured parse(String line) {
    String[] words = line.strip().split(" ");
    return new Measured(
        Double.parseDouble(words[0]),
        Integer.parseInt(words[1]),
        Double.parseDouble(words[2]),
        Double.parseDouble(words[3]),
        Long.parseLong(words[4]));
  }

  /** In one line. */
  @Override
  public String toString() {
    return first + " " + changes + " " + changeP50 + " " + changeWorst + " " + heldBytes;
  }
}
