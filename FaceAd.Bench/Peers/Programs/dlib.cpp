// dlib's HOG detector as its example uses it, without enlarging the picture: dlib LIST detect WARMUP. Prints what measure.cjs prints.
#include <dlib/image_io.h>
#include <dlib/image_processing/frontal_face_detector.h>
#include <dlib/revision.h>
#include <sys/resource.h>
#include <cstdio>
#include <fstream>

static double used() {
  rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static std::string quoted(const std::string& text) {
  std::string q = "\"";
  for (char c : text) q += (c == '"' || c == '\\') ? std::string("\\") + c : std::string(1, c);
  return q + "\"";
}

int main(int, char** argv) {
  std::vector<std::string> files;
  std::ifstream list(argv[1]);
  for (std::string line; std::getline(list, line);) files.push_back(line);
  const int warm_up = std::min<int>(std::stoi(argv[3]), files.size());
  auto detector = dlib::get_frontal_face_detector();
  for (int i = -warm_up; i < (int)files.size(); i++) {
    const std::string& file = files[i < 0 ? i + warm_up : i];
    const double began = used();
    dlib::array2d<dlib::rgb_pixel> picture;
    dlib::load_image(picture, file);
    const double decoded = used();
    std::vector<std::pair<double, dlib::rectangle>> faces;
    detector(picture, faces);
    const double ended = used();
    if (i < 0) continue;
    std::printf("{\"file\":%s,\"cpu\":%f,\"decodeCpu\":%f,\"faces\":[", quoted(file).c_str(), ended - decoded, decoded - began);
    for (size_t f = 0; f < faces.size(); f++) {
      const auto& r = faces[f].second;
      std::printf("%s{\"box\":[%ld,%ld,%lu,%lu],\"score\":%g,\"age\":null,\"male\":null}", f ? "," : "", r.left(), r.top(), r.width(), r.height(), faces[f].first);
    }
    std::printf("]}\n");
  }
  std::printf("{\"version\":\"%d.%d\"}\n", DLIB_MAJOR_VERSION, DLIB_MINOR_VERSION);
}
